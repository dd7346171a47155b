"""Documentation and billing rules: one file per rule, each with its source and its own examples."""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from tracker.knowledge.entries import Cited, ProcedureCode, RootCause
from tracker.knowledge.rows import KnowledgeError, Row
from tracker.knowledge.tables import CONFIDENCES, PATHS

BASES = ("fact", "arithmetic", "record", "content")
SEVERITIES = ("critical", "high", "medium", "low", "info")
RESULTS = frozenset({"passed", "failed", "not_shown", "not_applicable"})
_ALL = "all"
_LETTER = re.compile(r"L\d{2}")
_CODE = re.compile(r"[0-9A-Z]\d{3}[0-9A-Z]")
_KEYS = frozenset(
    {
        "id", "title", "codes", "payers", "requirement", "check", "figures", "root_causes", "basis", "path", "severity",
        "only_when_said", "rules_out", "payer_says", "disproves", "cure", "letter", "proof_letter", "source", "checked_on", "confidence", "examples",
    }
)  # fmt: skip

# Evaluations and re-evaluations; everything else in the code list is treatment.
EVALUATIONS = frozenset(
    {"97161", "97162", "97163", "97165", "97166", "97167", "92521", "92522", "92523", "92524", "92610", "92597"}
)
RE_EVALUATIONS = frozenset({"97164", "97168"})


class Example(NamedTuple):
    """Facts and the answer they get; ``facts`` is a case in short, as tests/diagnosis/README.md describes it."""

    says: str
    result: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    ``codes`` are the procedure codes it speaks of, None for every code; ``payers`` are words of the table in
    ``tracker.diagnosis.payers``. ``check`` names a small function, ``figures`` are its numbers. The first of
    ``root_causes`` is the usual one. ``basis`` says what the answer rests on: a fact of the claim, arithmetic, the
    presence of a record, or the content of a note. ``payer_says`` are the reason and remark codes with which payers
    report this failure; a pass with proof shows those in ``disproves`` to be wrong (letter: ``proof_letter``); ``speaks_of`` are both. With ``only_when_said`` a failure explains a
    denial only when the payer said so; without ``rules_out`` a pass says too little to rule the cause out.
    """

    id: str
    title: str
    codes: frozenset[str] | None
    payers: tuple[str, ...]
    requirement: str
    check: str
    figures: Mapping[str, Any]
    root_causes: tuple[str, ...]
    basis: str
    path: str
    severity: str
    only_when_said: bool
    rules_out: bool
    payer_says: frozenset[str]
    disproves: frozenset[str]
    speaks_of: frozenset[str]
    cure: str
    letter: str | None
    proof_letter: str | None
    cited: Cited
    examples: tuple[Example, ...]
    file: str

    @property
    def explains_denials(self) -> bool:
        """Whether a failure can be the cause of a denial (low and info are only findings)."""
        return self.severity not in {"low", "info"}


class _RuleFile:
    """One rule's file; errors name the line of the key."""

    def __init__(self, path: Path) -> None:
        self.name = f"{path.parent.name}/{path.name}"
        self._text = path.read_text(encoding="utf-8")
        try:
            self.content = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            raise KnowledgeError(f"{self.name}: {error}") from None
        for key in self.content:
            if key not in _KEYS:
                raise self.row(key).wrong(f"{key} is no key of a rule")

    def row(self, key: str) -> Row:
        """Return the file as a row whose errors name the line of ``key``."""
        return Row(self.name, self._line(key), self.content)

    def _line(self, key: str) -> int:
        found = re.search(rf"^[ \t]*(?:\[\[?)?{re.escape(key)}\b", self._text, re.MULTILINE)
        return self._text.count("\n", 0, found.start()) + 1 if found else 1

    def text(self, key: str) -> str:
        return self.row(key).text(key)

    def words(self, key: str) -> tuple[str, ...]:
        return self.row(key).words(key)

    def flag(self, key: str, *, default: bool) -> bool:
        return self.row(key).flag(key) if key in self.content else default


def read_rules(
    folder: Path, codes: Mapping[str, ProcedureCode], root_causes: Mapping[str, RootCause]
) -> Mapping[str, Rule]:
    """Return the rules of a folder by id.

    Raises KnowledgeError naming file and line for a rule without a source, with an unknown cause, code or path, whose
    id is not its file's name, or without an example that passes and one that fails.
    """
    found = {}
    for path in sorted(folder.glob("*.toml")):
        rule = _rule(_RuleFile(path), path.stem, codes, root_causes)
        found[rule.id] = rule
    return MappingProxyType(found)


def _rule(file: _RuleFile, stem: str, codes: Mapping[str, ProcedureCode], root_causes: Mapping[str, RootCause]) -> Rule:
    if file.text("id").lower() != stem:
        raise file.row("id").wrong(f"the id is {file.text('id')}, the file is called {stem}")
    causes = file.words("root_causes")
    if not causes or any(cause not in root_causes for cause in causes):
        raise file.row("root_causes").wrong(f"root_causes are {', '.join(causes) or 'empty'}; one is not in the list")
    if not file.words("payers"):
        raise file.row("payers").wrong("it names no payers")
    return Rule(
        id=file.text("id"),
        title=file.text("title"),
        codes=_codes(file, codes),
        payers=file.words("payers"),
        requirement=file.text("requirement"),
        check=file.text("check"),
        figures=MappingProxyType(dict(file.row("figures").table("figures"))),
        root_causes=causes,
        basis=file.row("basis").one_of("basis", frozenset(BASES)),
        path=file.row("path").one_of("path", PATHS),
        severity=file.row("severity").one_of("severity", frozenset(SEVERITIES)),
        only_when_said=file.flag("only_when_said", default=False),
        rules_out=file.flag("rules_out", default=True),
        payer_says=frozenset(file.words("payer_says")),
        disproves=frozenset(file.words("disproves")),
        speaks_of=frozenset((*file.words("payer_says"), *file.words("disproves"))),
        cure=file.text("cure"),
        letter=_letter(file, "letter"),
        proof_letter=_letter(file, "proof_letter") or _letter(file, "letter"),
        cited=_cited(file),
        examples=_examples(file),
        file=file.name,
    )


def _letter(file: _RuleFile, key: str) -> str | None:
    letter = file.row(key).optional(key)
    if letter and not _LETTER.fullmatch(letter):
        raise file.row(key).wrong(f"{key} is {letter!r}, it must be one like L12")
    return letter or None


def _cited(file: _RuleFile) -> Cited:
    if not file.row("source").optional("source").strip():
        raise file.row("source").wrong("it names no source")
    confidence = file.row("confidence").one_of("confidence", CONFIDENCES)
    return Cited(file.text("source"), confidence, file.row("checked_on").day("checked_on"))


def _codes(file: _RuleFile, codes: Mapping[str, ProcedureCode]) -> frozenset[str] | None:
    words = file.words("codes")
    if words == (_ALL,):
        return None
    found: set[str] = set()
    for word in words:
        if word in _CODE_WORDS:
            found |= {code for code, entry in codes.items() if _CODE_WORDS[word](entry)}
        elif _CODE.fullmatch(word):
            found.add(word)
        else:
            raise file.row("codes").wrong(f"codes has {word!r}, which is no code and no word for codes")
    if not found:
        raise file.row("codes").wrong("it names no codes")
    return frozenset(found)


_CODE_WORDS: Mapping[str, Callable[[ProcedureCode], bool]] = {
    "timed": lambda code: code.timed,
    "untimed": lambda code: code.time_basis == "untimed",
    "evaluations": lambda code: code.code in EVALUATIONS,
    "re_evaluations": lambda code: code.code in RE_EVALUATIONS,
    "treatment": lambda code: code.code not in EVALUATIONS | RE_EVALUATIONS,
    "add_ons": lambda code: bool(code.add_on_to),
}


def _examples(file: _RuleFile) -> tuple[Example, ...]:
    row = file.row("examples")
    entries = file.content.get("examples", [])
    examples = []
    for entry in entries if isinstance(entries, list) else []:
        facts = dict(entry)
        example = Example(str(facts.pop("says", "")), str(facts.pop("result", "")), MappingProxyType(facts))
        if example.result not in RESULTS or not example.says:
            raise row.wrong(f"an example needs says and a result among {', '.join(sorted(RESULTS))}")
        examples.append(example)
    results = {example.result for example in examples}
    if not results & {"passed", "not_applicable"} or not results & {"failed", "not_shown"}:
        raise row.wrong("it needs an example that passes and one that fails")
    return tuple(examples)
