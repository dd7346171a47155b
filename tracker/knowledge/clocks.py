"""Reads the clocks of each payer: ``payers/*.toml``, one file for a kind of payer or for one large payer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

from tracker.domain.deadlines import ClockRule, MonthEnd, clock
from tracker.knowledge.rows import Problems, Row, read_entries
from tracker.knowledge.tables import CONFIDENCES, PAYER_KINDS

_PURPOSES = frozenset(
    {
        "appeal", "reopening", "records", "recoupment_stop", "claim_filing", "corrected_claim", "payer_decision",
        "dismissal", "rebuttal",
    }
)  # fmt: skip
_FILED_WHEN = frozenset({"received", "postmarked", "submitted"})
_MONTH_ENDS = frozenset({"", *MonthEnd})
_LENGTHS = ("days", "business_days", "months")
_HEADER = "payer"


@dataclass(frozen=True, slots=True)
class NamedPayer:
    """A payer with clocks of its own, known by words in its name; a practice says which of its payers it is.

    ``id`` is the file's name. ``complete`` says that there is no level beyond those of its file.
    """

    id: str
    title: str
    names: tuple[str, ...]
    complete: bool

    def is_like(self, name: str) -> bool:
        """Whether ``name`` holds one of the payer's names as whole words."""
        padded = f" {' '.join(_words(name))} "
        return any(f" {' '.join(_words(each))} " in padded for each in self.names)


def _words(name: str) -> Iterable[str]:
    return "".join(char if char.isalnum() else " " for char in name.upper()).split()


@dataclass(frozen=True, slots=True)
class Clocks:
    """All clock rules by id, and the payers that have clocks of their own."""

    rules: Mapping[str, ClockRule]
    named: Mapping[str, NamedPayer]

    def find(self, purpose: str, kind: str, level: int, on: date | None, named: str) -> ClockRule | None:
        """Return the usual rule of a named payer, or else of the kind of payer; None where neither has one.

        ``on`` is the notice's date, without it the newest rule counts.
        """
        general = (rule for rule in self.rules.values() if rule.payer_file not in self.named)
        own = [rule for rule in self.rules.values() if named and rule.payer_file == named]
        complete = named in self.named and self.named[named].complete
        for rule in own if complete else (*own, *general):
            if rule.level != level or rule.purpose != purpose or kind not in rule.payer_kinds:
                continue
            if rule.in_force(on) if on is not None else rule.effective_to is None:
                return rule
        return None

    def of_payer(self, kind: str, named: str) -> tuple[ClockRule, ...]:
        """Return every rule of a named payer's file, or else of the files about a kind of payer."""
        if named:
            return tuple(rule for rule in self.rules.values() if rule.payer_file == named)
        files = {rule.payer_file for rule in self.rules.values() if kind in rule.payer_kinds} - set(self.named)
        return tuple(rule for rule in self.rules.values() if rule.payer_file in files)


def read_clocks(folder: Path, closed: frozenset[date], problems: Problems) -> Clocks:
    """Return the clocks of a folder; a rule whose example does not come out as it says is noted."""
    rules: dict[str, ClockRule] = {}
    named: dict[str, NamedPayer] = {}
    for path in sorted(folder.glob("*.toml")):
        for name, row in read_entries(path, problems):
            if name == _HEADER:
                title, names = row.text("title"), row.words("names")
                if names:
                    named[path.stem] = NamedPayer(path.stem, title, names, bool(row.optional_flag("complete")))
            elif name in rules:
                row.wrong(f"{name} stands in payers/{rules[name].payer_file}.toml too")
            else:
                rules[name] = _clock_rule(name, path.stem, row)
                _check_examples(rules[name], closed, row, problems)
    return Clocks(MappingProxyType(rules), MappingProxyType(named))


def _clock_rule(name: str, payer_file: str, row: Row) -> ClockRule:
    lengths = {each: row.optional_whole(each) for each in _LENGTHS}
    if sum(length is not None for length in lengths.values()) != 1:
        row.wrong("it needs either days, business_days or months")
    kinds = row.words("payer_kinds")
    if not PAYER_KINDS.issuperset(kinds):
        row.wrong(f"payer_kinds are {', '.join(kinds)}; the kinds are {', '.join(sorted(PAYER_KINDS))}")
    return ClockRule(
        id=name,
        payer_file=payer_file,
        payer_kinds=kinds,
        purpose=row.one_of("purpose", _PURPOSES),
        level=row.whole("level"),
        step=row.text("step"),
        payer=row.text("payer"),
        from_denial=bool(row.optional_flag("from_denial")),
        counted_from=row.text("counted_from"),
        days=lengths["days"],
        business_days=lengths["business_days"],
        months=lengths["months"],
        receipt_days=row.optional_whole("receipt_days") or 0,
        safe_days=row.optional_whole("safe_days"),
        rolls=row.flag("rolls"),
        month_end=MonthEnd(row.one_of("month_end", _MONTH_ENDS) or MonthEnd.LAST_DAY),
        filed_when=row.one_of("filed_when", _FILED_WHEN),
        answer_time=row.optional("answer_time"),
        answer_days=row.optional_whole("answer_days"),
        answer_business_days=row.optional_whole("answer_business_days"),
        note=row.optional("note"),
        source=row.text("source"),
        checked_on=row.day("checked_on"),
        confidence=row.one_of("confidence", CONFIDENCES),
        effective_from=row.optional_day("effective_from"),
        effective_to=row.optional_day("effective_to"),
    )


def _check_examples(rule: ClockRule, closed: frozenset[date], row: Row, problems: Problems) -> None:
    examples = row.entries("examples")
    if not examples:
        row.wrong(f"{rule.id} needs an example: a trigger with its safe and its legal date", "examples")
    for cells in examples:
        example = Row(row.file, row.line, cells, problems)
        trigger, safe, legal = (example.day(name) for name in ("trigger", "safe", "legal"))
        if date.min in (trigger, safe, legal):
            continue
        due = clock(rule, trigger, closed=closed)
        if (due.safe, due.legal) != (safe, legal):
            row.wrong(f"the example of {trigger} gives {due.safe} (safe) and {due.legal} (legal)", "examples")
