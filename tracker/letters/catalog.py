"""The letters there are: one folder of letter_templates each, read once, and which of them answers a denial."""

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from tracker.config import resource_dir
from tracker.letters.facts import LetterFacts
from tracker.letters.facts_json import from_json
from tracker.letters.gaps import FactWords
from tracker.letters.own_text import OwnText
from tracker.letters.problems import TemplateProblem
from tracker.letters.typed import TypedGroup, read_groups

SHARED = "_shared"
# Returned as unprocessable: there is no determination to dispute, a new claim is due (42 CFR 405.926(s)).
_NO_LETTER = frozenset({"MA130"})
_SCORE_OF_CAUSE, _SCORE_OF_CODE, _SCORE_OF_REMARK = 4, 3, 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph a person may edit.

    ``text`` is its default, a template over the facts; ``source`` says for the screen where that text comes from;
    ``when`` is a condition over the facts, empty for always; ``missing`` is what the person is told when a required
    paragraph is empty.
    """

    key: str
    label: str
    source: str
    text: str = ""
    required: bool = True
    when: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class ExpectedExhibit:
    """An enclosure the letter counts on; without a required one it cannot be signed."""

    key: str
    title: str
    missing: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """A condition under which this letter must not be sent, with the reason in plain words (a text template)."""

    when: str
    message: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """Which denials the letter answers: reason codes and root causes, narrowed by payer kinds (empty for all).

    With ``needs_remark`` a reason code counts only beside one of ``remarks``; with ``needs_code`` a root cause counts
    only beside one of the reason codes. ``procedures`` narrow the letter to lines of these codes.
    """

    why: str
    carc: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    root_causes: tuple[str, ...] = ()
    payer_kinds: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    needs_remark: bool = False
    needs_code: bool = False

    def score(self, denied: "Denied") -> int:
        """Return how well the trigger fits, 0 for not at all."""
        if self.payer_kinds and denied.payer_kind not in self.payer_kinds:
            return 0
        if self.procedures and denied.procedure not in self.procedures:
            return 0
        common = len(denied.remarks.intersection(self.remarks))
        by_code = denied.carc in self.carc and (common > 0 or not self.needs_remark)
        by_cause = denied.root_cause in self.root_causes and (by_code or not self.needs_code)
        score = _SCORE_OF_CODE * by_code + _SCORE_OF_CAUSE * by_cause
        return score + min(common, 2) * _SCORE_OF_REMARK + bool(self.procedures) if score else 0


class Denied(NamedTuple):
    """What of a denial chooses its letter; a cause or procedure not known is empty."""

    carc: str
    remarks: frozenset[str]
    root_cause: str
    payer_kind: str
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """One kind of letter. ``signed_by`` is ``clinician`` or ``biller``; ``hash`` changes with any file it is made of.

    ``typed`` are the facts a person may type for it, in the order of the form. ``own`` is the text of a practice that
    stands in place of the shipped one; ``offered`` says whether new letters may be made of it.
    """

    id: str
    slug: str
    title: str
    about: str
    signed_by: str
    requests: Mapping[str, str]
    triggers: tuple[Trigger, ...]
    paragraphs: tuple[Paragraph, ...]
    exhibits: tuple[ExpectedExhibit, ...]
    stops: tuple[Stop, ...]
    typed: tuple[TypedGroup, ...]
    sources: tuple[str, ...]
    html: str
    base: str
    fact_words: Mapping[str, FactWords]
    hash: str
    own: OwnText | None = None
    offered: bool = True

    def request_name(self, payer_kind: str) -> str:
        """Return what the letter asks for, in the payer's kind of words: ``redetermination``, ``appeal``."""
        return self.requests.get(payer_kind, self.requests["default"])


class Choice(NamedTuple):
    """A letter that answers a denial, and why."""

    template: LetterTemplate
    why: str


class Sample(NamedTuple):
    """Invented facts and paragraphs that show a letter."""

    facts: LetterFacts
    fields: Mapping[str, str]


def choose(  # what of a denial chooses its letter
    carc: str,
    remarks: tuple[str, ...],
    root_cause: str,
    payer_kind: str,
    procedure: str = "",
    *,
    among: Iterable[LetterTemplate] | None = None,
) -> list[Choice]:
    """Return the letters that answer a denial, best first; empty when none does or no letter may be written.

    ``carc`` is the bare reason code (``50``), ``procedure`` the code of the line; ``root_cause`` may be empty. Without
    ``among`` the shipped letters are looked at.
    """
    if _NO_LETTER.intersection(remarks):
        return []
    denied = Denied(carc, frozenset(remarks), root_cause, payer_kind, procedure)
    ranked: list[tuple[int, Choice]] = []
    for template in templates().values() if among is None else among:
        score, why = max(((each.score(denied), each.why) for each in template.triggers), default=(0, ""))
        if score:
            ranked.append((score, Choice(template, why)))
    ranked.sort(key=lambda each: (-each[0], each[1].template.id))
    return [choice for _, choice in ranked]


@cache
def templates() -> Mapping[str, LetterTemplate]:
    """Return the shipped letters by id (``L01``), in order. Raises TemplateProblem when a folder cannot be read."""
    return load_from(resource_dir("letter_templates"))


def load_from(folder: Path) -> Mapping[str, LetterTemplate]:
    """Return the letters of a folder laid out like letter_templates. Raises TemplateProblem naming the file."""
    base = (folder / SHARED / "base.html").read_text("utf-8")
    words = {
        path: FactWords(entry["label"], entry["message"])
        for path, entry in read_toml(folder / SHARED / "facts.toml").items()
    }
    common = read_toml(folder / SHARED / "typed.toml")["typed"]
    found = [_read(path.parent, base, words, common) for path in sorted(folder.glob("*/letter.toml"))]
    return MappingProxyType({template.id: template for template in found})


def read_toml(path: Path) -> dict[str, Any]:
    """Return the content of a file of the letters. Raises TemplateProblem naming it."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise TemplateProblem(f"{path.parent.name}/{path.name}: {error}") from error


def _read(folder: Path, base: str, words: Mapping[str, FactWords], common: list[dict[str, Any]]) -> LetterTemplate:
    entry = read_toml(folder / "letter.toml")
    try:
        return LetterTemplate(
            id=entry["id"],
            slug=folder.name,
            title=entry["title"],
            about=entry["about"],
            signed_by=entry["signed_by"],
            requests=MappingProxyType(entry["requests"]),
            triggers=tuple(_trigger(each) for each in entry.get("triggers", [])),
            paragraphs=tuple(Paragraph(**each) for each in entry["paragraphs"]),
            exhibits=tuple(ExpectedExhibit(**each) for each in entry.get("exhibits", [])),
            stops=tuple(Stop(**each) for each in entry.get("stops", [])),
            typed=read_groups([*common, *entry.get("typed", [])]),
            sources=tuple(entry["sources"]),
            html=(folder / "letter.html").read_text("utf-8"),
            base=base,
            fact_words=words,
            hash=_hash(folder),
        )
    except (KeyError, TypeError, OSError, TemplateProblem) as error:
        raise TemplateProblem(f"{folder.name}/letter.toml: {error}") from error


def _trigger(entry: Mapping[str, Any]) -> Trigger:
    values: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in entry.items()}
    return Trigger(**values)


def _hash(folder: Path) -> str:
    digest = hashlib.sha256()
    shared = folder.parent / SHARED
    for path in (folder / "letter.html", folder / "letter.toml", shared / "base.html", shared / "letter.css"):
        digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()


def sample(slug: str) -> Sample:
    """Return the invented facts of a letter's folder, for its preview. Raises TemplateProblem when they cannot be read."""
    entry = read_toml(resource_dir("letter_templates") / slug / "sample.toml")
    return Sample(from_json(entry["facts"]), entry.get("fields", {}))
