"""All reference data in one immutable object."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from tracker.domain.classification import AdjustmentClass, AdjustmentTable
from tracker.domain.deadlines import ClockRule
from tracker.knowledge.clocks import Clocks, NamedPayer, read_clocks
from tracker.knowledge.edits import Edits, read_edits
from tracker.knowledge.entries import (
    Carc,
    EndedEdit,
    Figure,
    Modifier,
    Mue,
    NcciEdit,
    PayerDefaults,
    Play,
    ProcedureCode,
    Rarc,
    RootCause,
    Source,
)
from tracker.knowledge.folklore import Folklore, read_folklore
from tracker.knowledge.payers import (
    MedicareFigures,
    read_medicare,
    read_payer_kinds,
    read_root_causes,
)
from tracker.knowledge.playbook import Playbook
from tracker.knowledge.rows import Problems, refuse
from tracker.knowledge.rules import Rule, read_rules
from tracker.knowledge.stated import CategoryCauses, StatedCause, read_categories, read_stated
from tracker.knowledge.tables import (
    read_carc,
    read_codes,
    read_modifiers,
    read_playbook,
    read_rarc,
    read_sources,
)

FOLDER = Path(__file__).parent
_REOPENING_LEVEL = 0


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the product knows. Nothing in it changes after loading."""

    version: str
    sources: Mapping[str, Source]
    carc: Mapping[str, Carc]
    rarc: Mapping[str, Rarc]
    codes: Mapping[str, ProcedureCode]
    modifiers: Mapping[str, Modifier]
    root_causes: Mapping[str, RootCause]
    adjustment_table: AdjustmentTable
    rules: Mapping[str, Rule]
    stated_causes: Mapping[str, tuple[StatedCause, ...]]
    category_causes: Mapping[str, CategoryCauses]
    folklore: tuple[Folklore, ...]
    _clocks: Clocks = field(repr=False)
    _payers: Mapping[str, PayerDefaults] = field(repr=False)
    _edits: Edits = field(repr=False)
    _medicare: MedicareFigures = field(repr=False)
    _playbook: Playbook = field(repr=False)

    @property
    def closed_days(self) -> frozenset[date]:
        """Days federal offices close by order, besides weekends and holidays."""
        return self._medicare.closed_days

    def often_said(self, *codes: str) -> tuple[Folklore, ...]:
        """Return what is widely said of one of these codes or modifiers and is wrong."""
        return tuple(entry for entry in self.folklore if not set(codes).isdisjoint(entry.codes))

    def ncci_edit(self, code1: str, code2: str, on: date, setting: str) -> NcciEdit | None:
        """Return the edit between two codes on a date of service, in whichever order it stands, or None.

        ``setting`` is ``practitioner`` or ``facility``.
        """
        return self._edits.pair(code1, code2, on, setting)

    def ended_ncci_edit(self, code1: str, code2: str, on: date, setting: str) -> EndedEdit | None:
        """Return the past of a pair that is no edit on a date of service but once was one, or None."""
        return self._edits.ended_pair(code1, code2, on, setting)

    def mue(self, code: str, on: date, setting: str) -> Mue | None:
        """Return the most units of a code a day on a date of service, or None when there is no limit known."""
        return self._edits.limit(code, on, setting)

    def kx_threshold(self, year: int, pool: str) -> Figure | None:
        """Return the allowed amount of a year above which KX is needed; ``pool`` is ``pt_slp`` or ``ot``."""
        return self._medicare.find("kx_threshold", year, pool)

    def review_threshold(self, year: int, pool: str) -> Figure | None:
        """Return the allowed amount of a year above which targeted medical review is possible."""
        return self._medicare.find("review_threshold", year, pool)

    def medicare_figures(self) -> Iterator[tuple[str, Figure]]:
        """Yield every yearly Medicare figure with its name."""
        return self._medicare.all()

    def payer_defaults(self, kind: str) -> PayerDefaults:
        """Return what holds for a kind of payer. Raises KeyError for a word that is no kind."""
        return self._payers[kind]

    def play(self, group: str, carc: str, remarks: tuple[str, ...], payer_kind: str) -> Play | None:
        """Return the usual meaning of a denial and the best response, or None when the playbook has no row."""
        return self._playbook.find(group, carc, remarks, payer_kind)

    @property
    def clocks(self) -> Mapping[str, ClockRule]:
        """Return every clock rule by its id."""
        return self._clocks.rules

    @property
    def named_payers(self) -> Mapping[str, NamedPayer]:
        """Return the payers that have clocks of their own, by their file's name."""
        return self._clocks.named

    def clocks_of(self, payer_kind: str, named: str = "") -> tuple[ClockRule, ...]:
        """Return all that is known of the time limits of a named payer, or else of a kind of payer."""
        return self._clocks.of_payer(payer_kind, named)

    def clock_rule(self, payer_kind: str, level: int = 1, on: date | None = None, named: str = "") -> ClockRule | None:
        """Return the rule that counts the time for an appeal at ``level``; level 0 is the reopening.

        ``on`` is the notice's date, without it the newest rule counts; ``named`` is the id of the named payer that a
        practice says this one is. None when nothing general can be said: the practice has to set the payer's own days.
        """
        purpose = "reopening" if level == _REOPENING_LEVEL else "appeal"
        return self._clocks.find(purpose, payer_kind, level, on, named)

    def dismissal_rule(self, payer_kind: str, level: int, on: date, named: str = "") -> ClockRule | None:
        """Return the rule that counts the time to have a dismissal at ``level`` reviewed; None where none is known."""
        return self._clocks.find("dismissal", payer_kind, level, on, named)

    def filing_rule(
        self, payer_kind: str, on: date | None = None, named: str = "", purpose: str = "claim_filing"
    ) -> ClockRule | None:
        """Return the rule for the first claim or, by its ``purpose``, the ``corrected_claim``; None when unknown."""
        return self._clocks.find(purpose, payer_kind, 0, on, named)

    def amount_in_controversy(self, level: int, year: int) -> Figure | None:
        """Return the least amount that a Medicare appeal at ``level`` must be about, by the year it is filed in.

        None where there is no least amount, or the year's is not known.
        """
        return self._medicare.find("amount_in_controversy", year, f"level_{level}")


def _version(folder: Path) -> str:
    """Return a short hash of all data files, the rules included."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".tsv", ".csv", ".toml"}:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _adjustment_table(carc: Mapping[str, Carc], rarc: Mapping[str, Rarc]) -> AdjustmentTable:
    classes = {code: AdjustmentClass(entry.default_class) for code, entry in carc.items()}
    return AdjustmentTable(
        MappingProxyType(classes),
        frozenset(code for code, entry in rarc.items() if entry.is_alert),
        frozenset(code for code, entry in rarc.items() if entry.bars_appeal == "always"),
        frozenset(code for code, entry in rarc.items() if entry.bars_appeal == "unless_duplicate"),
    )


def load_from(folder: Path) -> Knowledge:
    """Return the knowledge of a folder laid out like this package's.

    Raises KnowledgeError naming file and line of everything that is wrong or names no source.
    """
    problems: Problems = []
    sources = read_sources(folder / "sources.toml", problems)
    carc = read_carc(folder / "carc.tsv", sources, problems)
    rarc = read_rarc(folder / "rarc.tsv", sources, problems)
    codes = read_codes(folder / "codes.tsv", sources, problems)
    root_causes = read_root_causes(folder / "root_causes.toml", problems)
    modifiers = read_modifiers(folder / "modifiers.tsv", sources, problems)
    rules = read_rules(folder / "rules", codes, root_causes, problems)
    reasons = frozenset({*carc, *rarc})
    stated = read_stated(folder / "stated_causes.tsv", sources, root_causes, reasons, problems)
    payers = read_payer_kinds(folder / "payer_kinds.toml", problems)
    edits = read_edits(folder, sources, problems)
    medicare = read_medicare(folder / "medicare.toml", problems)
    clocks = read_clocks(folder / "payers", medicare.closed_days, problems)
    playbook = read_playbook(folder / "playbook.tsv", sources, problems)
    categories = frozenset(
        {*(code.category for code in carc.values()), *(code.category for code in rarc.values())}
    ).union(row.play.category for row in playbook)
    category_causes = read_categories(folder / "category_causes.tsv", sources, root_causes, categories, problems)
    folklore = read_folklore(folder / "folklore.toml", {*codes, *modifiers}, problems)
    refuse(problems)
    return Knowledge(
        version=_version(folder),
        sources=sources,
        carc=carc,
        rarc=rarc,
        codes=codes,
        modifiers=modifiers,
        root_causes=root_causes,
        adjustment_table=_adjustment_table(carc, rarc),
        rules=rules,
        stated_causes=stated,
        category_causes=category_causes,
        folklore=folklore,
        _clocks=clocks,
        _payers=payers,
        _edits=edits,
        _medicare=medicare,
        _playbook=Playbook(playbook),
    )


@cache
def load() -> Knowledge:
    """Return the product's own knowledge, read once."""
    return load_from(FOLDER)
