"""Documentation and billing rules: one file per rule, each with its source and its own examples."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from tracker.knowledge.entries import Cited, ProcedureCode, RootCause
from tracker.knowledge.rows import Problems, Row, read_whole
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


def read_rules(
    folder: Path, codes: Mapping[str, ProcedureCode], root_causes: Mapping[str, RootCause], problems: Problems
) -> Mapping[str, Rule]:
    """Return the rules of a folder by id.

    Noted with file and line: a rule without a source, with an unknown cause, code or path, whose id is not its file's
    name, or without an example that passes and one that fails.
    """
    found = {}
    for path in sorted(folder.glob("*.toml")):
        row = read_whole(path, problems)
        if row is not None:
            rule = _rule(row, path.stem, codes, root_causes)
            found[rule.id] = rule
    return MappingProxyType(found)


def _rule(row: Row, stem: str, codes: Mapping[str, ProcedureCode], root_causes: Mapping[str, RootCause]) -> Rule:
    for key in row.names():
        if key not in _KEYS:
            row.wrong(f"{key} is no key of a rule", key)
    if row.text("id").lower() != stem:
        row.wrong(f"the id is {row.optional('id')}, the file is called {stem}", "id")
    causes = row.words("root_causes")
    if not causes or any(cause not in root_causes for cause in causes):
        row.wrong(f"root_causes are {', '.join(causes) or 'empty'}; one is not in the list", "root_causes")
    if not row.words("payers"):
        row.wrong("it names no payers", "payers")
    return Rule(
        id=row.optional("id"),
        title=row.text("title"),
        codes=_codes(row, codes),
        payers=row.words("payers"),
        requirement=row.text("requirement"),
        check=row.text("check"),
        figures=MappingProxyType(dict(row.table("figures"))),
        root_causes=causes,
        basis=row.one_of("basis", frozenset(BASES)),
        path=row.one_of("path", PATHS),
        severity=row.one_of("severity", frozenset(SEVERITIES)),
        only_when_said=_flag(row, "only_when_said", default=False),
        rules_out=_flag(row, "rules_out", default=True),
        payer_says=frozenset(row.words("payer_says")),
        disproves=frozenset(row.words("disproves")),
        speaks_of=frozenset((*row.words("payer_says"), *row.words("disproves"))),
        cure=row.text("cure"),
        letter=_letter(row, "letter"),
        proof_letter=_letter(row, "proof_letter") or row.optional("letter") or None,
        cited=_cited(row),
        examples=_examples(row),
        file=row.file,
    )


def _flag(row: Row, key: str, *, default: bool) -> bool:
    return row.flag(key) if row.has(key) else default


def _letter(row: Row, key: str) -> str | None:
    letter = row.optional(key)
    if letter and not _LETTER.fullmatch(letter):
        row.wrong(f"{key} is {letter!r}, it must be one like L12", key)
    return letter or None


def _cited(row: Row) -> Cited:
    source = row.optional("source")
    if not source.strip():
        row.wrong("it names no source", "source")
    return Cited(source, row.one_of("confidence", CONFIDENCES), row.day("checked_on"))


def _codes(row: Row, codes: Mapping[str, ProcedureCode]) -> frozenset[str] | None:
    words = row.words("codes")
    if words == (_ALL,):
        return None
    found: set[str] = set()
    for word in words:
        if word in CODE_WORDS:
            found |= {code for code, entry in codes.items() if CODE_WORDS[word](entry)}
        elif _CODE.fullmatch(word):
            found.add(word)
        else:
            row.wrong(f"codes has {word!r}, which is no code and no word for codes", "codes")
    if not words:
        row.wrong("it names no codes", "codes")
    return frozenset(found)


CODE_WORDS: Mapping[str, Callable[[ProcedureCode], bool]] = {
    "timed": lambda code: code.timed,
    "untimed": lambda code: code.time_basis == "untimed",
    "evaluations": lambda code: code.code in EVALUATIONS,
    "re_evaluations": lambda code: code.code in RE_EVALUATIONS,
    "treatment": lambda code: code.code not in EVALUATIONS | RE_EVALUATIONS,
    "add_ons": lambda code: bool(code.add_on_to),
}


def _examples(row: Row) -> tuple[Example, ...]:
    examples = []
    for entry in row.entries("examples"):
        facts = dict(entry)
        example = Example(str(facts.pop("says", "")), str(facts.pop("result", "")), MappingProxyType(facts))
        if example.result not in RESULTS or not example.says:
            row.wrong(f"an example needs says and a result among {', '.join(sorted(RESULTS))}", "examples")
        examples.append(example)
    results = {example.result for example in examples}
    if not results & {"passed", "not_applicable"} or not results & {"failed", "not_shown"}:
        row.wrong("it needs an example that passes and one that fails", "examples")
    return tuple(examples)
