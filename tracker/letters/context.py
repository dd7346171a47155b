"""The facts as a template sees them: plain values only, and a placeholder wherever a fact is missing."""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Any

from tracker.letters.claim_words import claims_in_words
from tracker.letters.derived import (
    accepted_in_time,
    count_days,
    exception_ends,
    overlapping_times,
    service_dates,
    unsupported_days,
)
from tracker.letters.derived_levels import levels
from tracker.letters.derived_subjects import note_labels, subjects
from tracker.letters.facts import LetterFacts, LimitFacts, PairFacts, exhibit_label
from tracker.letters.gaps import Collector, Missing
from tracker.letters.words import and_list, short_date

_MOST_NAMED = 8  # lines whose numbers a sentence still bears
_ABSOLUTE = 2  # the MUE adjudication indicator of a limit by policy
_EMPTY_WORDS = frozenset({"", "None", "nan", "NaN", "NaT", "null"})
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Return text in composed form (NFC), without control characters, one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNPRINTABLE.sub("", unicodedata.normalize("NFC", text)).strip()


def plain(value: Any, path: str, collector: Collector) -> Any:
    """Return dicts, lists and plain values for facts, with a Missing for every fact that is not known."""
    if is_dataclass(value):
        prefix = f"{path}." if path else ""
        return {each.name: plain(getattr(value, each.name), prefix + each.name, collector) for each in fields(value)}
    if isinstance(value, tuple):
        return [plain(each, path, collector) for each in value]
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return Missing(path, collector)
    if isinstance(value, str):
        text = clean(value)
        return Missing(path, collector) if text in _EMPTY_WORDS else text
    return value


def context(facts: LetterFacts, request_name: str, collector: Collector) -> dict[str, Any]:
    """Return everything a template may name."""
    seen: dict[str, Any] = plain(facts, "", collector)
    labels = _label_exhibits(facts, seen)
    answered = {point.about for point in facts.points}
    return {
        **seen,
        "quotes_not_in_points": [quote for quote in seen["quotes"] if quote["about"] not in answered],
        "labels": labels,
        "request_name": seen["appeal"]["level_name"] or request_name,
        "first_service_on": min((line.service_date for line in facts.lines if line.service_date), default="")
        or Missing("lines.service_date", collector),
        "service_dates": service_dates(facts) or Missing("lines.service_date", collector),
        **claims_in_words(facts, seen, labels, collector),
        "medicare": facts.payer.kind == "medicare_b",
        "medicare_advantage": facts.payer.kind == "medicare_advantage",
        "medicare_rules": facts.payer.kind in {"medicare_b", "medicare_advantage"},
        "late": facts.appeal.due is not None and facts.letter_date > facts.appeal.due,
        **_totals(facts, seen["lines"]),
        **_derived(facts),
        **_edits(facts, seen),
        **subjects(facts),
        **levels(facts),
        "gap": lambda path: Missing(path, collector),
    }


def _label_exhibits(facts: LetterFacts, seen: dict[str, Any]) -> dict[str, str]:
    """Label the exhibits and what names them; return the label of the first exhibit of each key."""
    labels: dict[str, str] = {}
    pages: dict[str, int] = {}
    for number, (fact, exhibit) in enumerate(zip(facts.exhibits, seen["exhibits"], strict=True)):
        exhibit["label"] = exhibit_label(number)
        for name in filter(None, (fact.key, fact.source)):
            labels.setdefault(name, exhibit["label"])
            pages.setdefault(name, fact.pages or 0)
    for each, source in [
        *((quote, quote["note"]) for quote in seen["quotes"]),
        *((document, document["source"]) for document in seen["documents"]),
        *((event, "") for event in seen["events"]),
    ]:
        name = source or each["exhibit"] or ""
        each["label"], each["pages"] = labels.get(name, ""), pages.get(name, 0)
    for row in seen["minutes"]:
        row["label"] = and_list(note_labels(facts, row["service_date"])) or labels.get("note", "")
    return {exhibit.key: labels[exhibit.key] for exhibit in facts.exhibits}


def _totals(facts: LetterFacts, lines: list[dict[str, Any]]) -> dict[str, Any]:
    numbers = [line.line for line in facts.lines]
    first = [line["reasons"][0] for line in lines if line["reasons"]]
    every = [reason for line in lines for reason in line["reasons"]]
    remarks = {remark["code"]: remark["meaning"] for line in lines for remark in line["remarks"]}
    return {
        "line_words": f"{len(numbers)} lines" if facts.more_claims else _line_words(numbers),
        "denied_lines": "denied line" if len(numbers) == 1 else "denied lines",
        "denied_cents": sum(line.denied_cents for line in facts.lines),
        "billed_cents": sum(line.billed_cents for line in facts.lines),
        "units": sum(line.units for line in facts.lines),
        "codes": list(_by_code(first)),
        "reasons": list(_by_code(first).items()),
        "all_reasons": list(_by_code(every).items()),
        "remarks": list(remarks.items()),
        "no_answer": any(reason["carc"] == "226" for reason in first),
        "reopens_in_a_year": "N366" in remarks,
    }


def _line_words(numbers: Sequence[int]) -> str:
    """Return ``line 2``, ``lines 2 and 3``, or for many ``24 lines (listed below)``."""
    if len(numbers) > _MOST_NAMED:
        return f"{len(numbers)} lines (listed below)"
    return f"{'line' if len(numbers) == 1 else 'lines'} {and_list(numbers)}"


def _by_code(reasons: list[dict[str, Any]]) -> dict[str, Any]:
    """Return meanings by group and code; a reason without both is shown as a gap in the table of lines."""
    return {f"{each['group']}-{each['carc']}": each["meaning"] for each in reasons if each["group"] and each["carc"]}


def _derived(facts: LetterFacts) -> dict[str, Any]:
    accepted = accepted_in_time(facts.filing, facts.events, 1 + len(facts.more_claims))
    began_on = facts.filing.exception_on if facts.filing else None
    days = count_days(facts.minutes)
    return {
        "days": [
            {
                **day._asdict(),
                "rows": [row._asdict() for row in day.rows],
                "notes": and_list(note_labels(facts, day.day)),
            }
            for day in days
        ],
        "by_total": facts.counting_method == "cms",
        "by_midpoint": facts.counting_method == "spm",
        "unsupported_days": unsupported_days(days, facts.counting_method),
        "places": list(dict.fromkeys(clean(row.source) for row in facts.minutes)),
        "overlaps": overlapping_times(facts.minutes),
        "timed_intervals": bool(facts.minutes) and all(row.start and row.stop for row in facts.minutes),
        "accepted_on": accepted.on if accepted else None,
        "exception_ends": exception_ends(began_on) if began_on else None,
    }


def _edits(facts: LetterFacts, seen: dict[str, Any]) -> dict[str, Any]:
    return {
        "pairs": _once(facts.pairs, seen["pairs"]),
        "limits": _once(facts.limits, seen["limits"]),
        "exact_quarters": all(pair.exact_quarter for pair in facts.pairs),
        "never_pairs": _each(_pair(pair) for pair in facts.pairs if pair.indicator == 0),
        "bare_pairs": _each(_pair(pair) for pair in facts.pairs if pair.indicator == 1 and not pair.modifier),
        "absolute_limits": _each(
            limit.code for limit in facts.limits if limit.mai == _ABSOLUTE and limit.units_billed > limit.units
        ),
    }


def _once(facts: Sequence[PairFacts | LimitFacts], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of facts that differ in their day alone once, with all their days in ``dates``."""
    found: dict[PairFacts | LimitFacts, dict[str, Any]] = {}
    days: dict[PairFacts | LimitFacts, list[str]] = {}
    for fact, row in zip(facts, rows, strict=True):
        key = replace(fact, service_date=date.min)
        found.setdefault(key, row)
        days.setdefault(key, []).append(short_date(fact.service_date))
    return [{**row, "dates": and_list(list(dict.fromkeys(days[key])))} for key, row in found.items()]


def _each(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))


def _pair(pair: PairFacts) -> str:
    return f"{pair.column1} with {pair.column2}"
