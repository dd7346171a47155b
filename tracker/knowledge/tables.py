"""Builds the entries of each data file. Every entry names its source; what is wrong is noted."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeVar

from tracker.domain.classification import AdjustmentClass
from tracker.knowledge.entries import Carc, Modifier, Play, ProcedureCode, Rarc, Source
from tracker.knowledge.rows import Problems, Row, file_name, read_entries, read_table

PATHS = frozenset(
    {"appeal", "corrected_claim", "reopening", "send_records", "bill_other_payer", "bill_patient", "write_off", "none"},
)
PAYER_KINDS = frozenset(
    {
        "medicare_b",
        "medicare_advantage",
        "medicaid",
        "commercial",
        "tricare",
        "va",
        "workers_comp",
        "auto",
        "self_pay",
    },
)
CONFIDENCES = frozenset({"source", "mixed", "knowledge", "weak", "old", "conflicting"})
_QUARTER = re.compile(r"\d{4}q[1-4]")
_STATUSES = frozenset({"active", "deactivated"})
_CLASSES = frozenset(AdjustmentClass) - {AdjustmentClass.UNCLASSIFIED}
_DISCIPLINES = frozenset({"PT", "OT", "SLP", "AT"})

CARC_COLUMNS = (
    "code",
    "meaning",
    "category",
    "default_class",
    "appealable",
    "route",
    "status",
    "started_on",
    "stopped_on",
    "rarc_required",
    "therapy_note",
    "usual_groups",
    "replaced_by",
    "core_scenario",
    "source",
)
RARC_COLUMNS = (
    "code",
    "meaning",
    "category",
    "type",
    "hint",
    "route",
    "status",
    "replaced_by",
    "relevance",
    "bars_appeal",
    "source",
)
CODE_COLUMNS = (
    "code",
    "meaning",
    "time_basis",
    "timed",
    "contact",
    "disciplines",
    "therapy_status",
    "mppr",
    "note",
    "source",
    "medicare_status",
    "typical_minutes",
    "add_on_to",
)
MODIFIER_COLUMNS = ("code", "meaning", "check", "when_wrong", "source")
PLAY_COLUMNS = (
    "rank",
    "codes",
    "remarks",
    "needs_remark",
    "payer_kinds",
    "meaning",
    "category",
    "response",
    "medicare_response",
    "path",
    "medicare_path",
    "other_path",
    "letters",
    "evidence",
    "source",
)

Sources = Mapping[str, Source]


class _HasCode(Protocol):
    @property
    def code(self) -> str: ...


_Entry = TypeVar("_Entry", bound=_HasCode)


def by_code(rows: Iterable[tuple[Row, _Entry]]) -> Mapping[str, _Entry]:
    """Return the entries by their code; a code that stands twice is noted."""
    found: dict[str, _Entry] = {}
    for row, entry in rows:
        if entry.code in found:
            row.wrong(f"{entry.code} stands twice")
        found[entry.code] = entry
    return MappingProxyType(found)


def read_sources(path: Path, problems: Problems) -> Sources:
    """Return the sources the tables cite, by tag."""
    return MappingProxyType(
        {
            tag: Source(tag, row.text("title"), row.day("checked_on"), row.one_of("confidence", CONFIDENCES))
            for tag, row in read_entries(path, problems)
        },
    )


def source_of(row: Row, sources: Sources) -> Source:
    """Return the source a row cites; none, or one that is not in sources.toml, is noted."""
    tag = row.optional("source")
    if not tag:
        row.wrong("it names no source")
    elif tag not in sources:
        row.wrong(f"its source {tag!r} is not in sources.toml")
    return sources.get(tag, Source(tag, "", date.min, "weak"))


def read_carc(path: Path, sources: Sources, problems: Problems) -> Mapping[str, Carc]:
    """Return the claim adjustment reason codes."""
    return by_code((row, _carc(row, sources)) for row in read_table(path, CARC_COLUMNS, problems))


def _carc(row: Row, sources: Sources) -> Carc:
    return Carc(
        row.text("code"),
        row.text("meaning"),
        row.text("category"),
        row.one_of("default_class", _CLASSES),
        row.one_of("appealable", frozenset({"y", "n", "sometimes"})),
        row.one_of("route", PATHS),
        row.one_of("status", _STATUSES),
        row.optional_day("started_on"),
        row.optional_day("stopped_on"),
        row.flag("rarc_required"),
        row.optional("therapy_note"),
        row.words("usual_groups"),
        row.optional("replaced_by"),
        row.optional("core_scenario"),
        source_of(row, sources),
    )


def read_rarc(path: Path, sources: Sources, problems: Problems) -> Mapping[str, Rarc]:
    """Return the remittance advice remark codes."""
    return by_code((row, _rarc(row, sources)) for row in read_table(path, RARC_COLUMNS, problems))


def _rarc(row: Row, sources: Sources) -> Rarc:
    return Rarc(
        row.text("code"),
        row.text("meaning"),
        row.text("category"),
        row.one_of("type", frozenset({"alert", "supplemental"})) == "alert",
        row.optional("hint"),
        row.one_of("route", PATHS),
        row.one_of("status", _STATUSES),
        row.optional("replaced_by"),
        row.one_of("relevance", frozenset({"high", "medium", "low"})),
        row.one_of("bars_appeal", frozenset({"", "always", "unless_duplicate"})),
        source_of(row, sources),
    )


def read_codes(path: Path, sources: Sources, problems: Problems) -> Mapping[str, ProcedureCode]:
    """Return the therapy procedure codes."""
    return by_code((row, _procedure_code(row, sources)) for row in read_table(path, CODE_COLUMNS, problems))


def _procedure_code(row: Row, sources: Sources) -> ProcedureCode:
    disciplines = row.words("disciplines")
    if not _DISCIPLINES.issuperset(disciplines):
        row.wrong(f"disciplines are {' '.join(disciplines)}, they must be among {' '.join(sorted(_DISCIPLINES))}")
    return ProcedureCode(
        row.text("code"),
        row.text("meaning"),
        row.text("time_basis"),
        row.flag("timed"),
        row.text("contact"),
        disciplines,
        row.one_of("therapy_status", frozenset({"always", "sometimes", "none"})),
        row.flag("mppr"),
        row.optional("note"),
        source_of(row, sources),
        row.optional("medicare_status"),
        row.optional_whole("typical_minutes"),
        row.optional("add_on_to"),
    )


def read_modifiers(path: Path, sources: Sources, problems: Problems) -> Mapping[str, Modifier]:
    """Return the modifiers."""
    return by_code(
        (
            row,
            Modifier(
                row.text("code"),
                row.text("meaning"),
                row.text("check"),
                row.text("when_wrong"),
                source_of(row, sources),
            ),
        )
        for row in read_table(path, MODIFIER_COLUMNS, problems)
    )


class PlayRow(NamedTuple):
    """One row of the playbook as it stands in the file."""

    play: Play
    codes: frozenset[tuple[str, str]]
    remarks: frozenset[str]
    needs_remark: bool
    payer_kinds: frozenset[str]
    medicare_response: str
    medicare_path: str

    def fits(self, payer_kind: str, remarks: tuple[str, ...]) -> bool:
        """Whether the row speaks of this payer kind and, where it must, of one of these remarks."""
        if self.payer_kinds and payer_kind not in self.payer_kinds:
            return False
        return not self.needs_remark or not self.remarks.isdisjoint(remarks)


def read_playbook(path: Path, sources: Sources, problems: Problems) -> tuple[PlayRow, ...]:
    """Return the playbook's rows in their order."""
    return tuple(_play(row, sources) for row in read_table(path, PLAY_COLUMNS, problems))


def _play(row: Row, sources: Sources) -> PlayRow:
    optional_paths = PATHS | {""}
    play = Play(
        row.whole("rank"),
        row.text("meaning"),
        row.text("category"),
        row.text("response"),
        row.one_of("path", PATHS),
        row.one_of("other_path", optional_paths),
        row.words("letters"),
        row.text("evidence"),
        source_of(row, sources),
    )
    return PlayRow(
        play,
        frozenset(_group_and_carc(row, code) for code in row.words("codes")),
        frozenset(row.words("remarks")),
        row.flag("needs_remark"),
        payer_kinds_of(row),
        row.optional("medicare_response"),
        row.one_of("medicare_path", optional_paths),
    )


def payer_kinds_of(row: Row) -> frozenset[str]:
    """Return the payer kinds a row speaks of, none for all; a word that is no kind is noted."""
    kinds = frozenset(row.words("payer_kinds")) - {"all"}
    if unknown := kinds - PAYER_KINDS:
        row.wrong(f"payer_kinds has {', '.join(sorted(unknown))}, which is no payer kind")
    return kinds


def _group_and_carc(row: Row, code: str) -> tuple[str, str]:
    group, dash, carc = code.partition("-")
    if not dash or not carc:
        row.wrong(f"codes has {code!r}, it must be a group and a reason code like CO-50")
    return group, carc


def quarter_of(day: date) -> str:
    """Return the quarter of a day as the data files are named: ``2024q3``."""
    return f"{day.year}q{(day.month + 2) // 3}"


def quarter_files(folder: Path, problems: Problems) -> Mapping[str, Path]:
    """Return a folder's files by their quarter, in order; a name that is no quarter, or no file at all, is noted."""
    files = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    for quarter, path in files.items():
        if not _QUARTER.fullmatch(quarter):
            problems.append(f"{file_name(path)}: the name must be a quarter like 2024q3")
    if not files:
        problems.append(f"{folder.name}: there is no file")
    return files
