"""What a letter can prove: quotes out of the notes, timed minutes, NCCI pairs and unit limits of the denied lines."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.domain.case import Case, CaseLine
from tracker.knowledge import Knowledge
from tracker.letters.facts import LimitFacts, PairFacts, Quote
from tracker.letters.words import short_date
from tracker.models import Denial, Note, Suggestion
from tracker.services.notes import KINDS

# What a quote against a suspected cause shows, by the group of the cause (its code's prefix) or the cause itself.
_ABOUT_CAUSE = {
    "mn_progress_not_measurable": "progress",
    "mn_excess_or_passive": "amount",
    "doc_minutes_missing": "minutes",
    "doc_plan_of_care_deficient": "plan",
    "doc_certification_missing": "plan",
}
_ABOUT_GROUP = {"mn": "skill", "unt": "minutes", "bun": "minutes", "doc": "function"}
TOPICS: Mapping[str, str] = {
    "skill": "Why a therapist was needed",
    "function": "A functional limitation",
    "progress": "Measured progress",
    "plan": "Treatment under the plan",
    "amount": "Amount and frequency",
    "minutes": "Treatment time",
    "condition": "The condition that makes the care complex",
    "risk": "What is at risk without skilled care",
    "review": "Reassessment of the program",
    "goal": "A goal with its time",
    "before": "Function before the condition",
    "history": "Evaluation: history and factors",
    "examination": "Evaluation: elements examined",
    "presentation": "Evaluation: clinical presentation",
    "decision": "Evaluation: decision making",
}
_SEPARATE = frozenset({"59", "XE", "XP", "XS", "XU"})


class Place(NamedTuple):
    """A quoted place: the note's public id, the characters, and what the words show."""

    note: str
    start: int
    end: int
    about: str


def offered_quotes(session: Session, denials: Sequence[Denial]) -> list[Place]:
    """Return the places of the notes that speak against the suspected causes: what an appeal can point to."""
    query = (
        select(Suggestion)
        .where(
            Suggestion.practice_id == denials[0].practice_id,
            Suggestion.denial_id.in_([denial.id for denial in denials]),
        )
        .order_by(Suggestion.ruled_out, Suggestion.rank, Suggestion.denial_id)
    )
    places: dict[tuple[str, int, int], Place] = {}
    for suggestion in session.scalars(query):
        quotes = (*suggestion.against, *(suggestion.evidence if suggestion.ruled_out else ()))
        for quote in quotes:
            place = Place(quote["note"], quote["start"], quote["end"], _about(suggestion.root_cause))
            places.setdefault(place[:3], place)
    return list(places.values())


def usual_quotes(session: Session, denials: Sequence[Denial], *, one_of_each_note: bool) -> list[dict[str, Any]]:
    """Return the offered places a letter starts with, as it keeps them: all, or the best of each note."""
    places = offered_quotes(session, denials)
    if one_of_each_note:
        best: dict[str, Place] = {}
        for place in places:
            best.setdefault(place.note, place)
        places = list(best.values())
    return [place._asdict() for place in places]


def _about(cause: str) -> str:
    return _ABOUT_CAUSE.get(cause) or _ABOUT_GROUP.get(cause.split("_", maxsplit=1)[0], "function")


def quotes_of(places: Iterable[Place], notes: Mapping[str, Note], keys: Mapping[str, str]) -> tuple[Quote, ...]:
    """Return quotes for the letter, word for word, in the order of ``notes``; places that are gone are left out."""
    order = {public_id: place for place, public_id in enumerate(notes)}
    known = sorted(
        (place for place in places if place.note in notes), key=lambda place: (order[place.note], place.start)
    )
    return tuple(_quote(place, notes[place.note], keys.get(place.note, "")) for place in known)


def _quote(place: Place, note: Note, key: str) -> Quote:
    first = note.text.count("\n", 0, place.start) + 1
    kind = KINDS.get(note.kind, "Note").lower()
    day = f" {short_date(note.service_date)}" if note.service_date else ""
    words = " ".join(note.text[place.start : place.end].split())
    return Quote(words, f"{kind}{day}, line {first}", place.about, key, place.note)


def lines_of_note(note: Note, first: int, last: int) -> tuple[int, int] | None:
    """Return the characters of lines ``first`` to ``last`` (from 1) of a note, or None when there are no such lines."""
    lines = note.text.split("\n")
    if not 1 <= first <= last <= len(lines):
        return None
    start = sum(len(line) + 1 for line in lines[: first - 1])
    end = start + sum(len(line) + 1 for line in lines[first - 1 : last]) - 1
    return (start, end) if note.text[start:end].strip() else None


def pairs_of(case: Case, numbers: Iterable[int], knowledge: Knowledge) -> tuple[PairFacts, ...]:
    """Return the NCCI edits between the denied lines and the other lines of their days.

    A denied line in no edit at all gives one fact per other code of its day saying that the table holds none.
    """
    denied = [line for line in case.claim.lines if line.line in set(numbers)]
    found: dict[tuple[Any, ...], PairFacts] = {}
    for line in denied:
        others = [
            each for each in case.claim.lines if each.service_date == line.service_date and each.code != line.code
        ]
        pairs = [_pair(line, other, case.practice.setting, knowledge) for other in others]
        edits = [pair for pair in pairs if pair.indicator is not None]
        for pair in edits or pairs:
            found.setdefault((pair.service_date, *sorted((pair.column1, pair.column2))), pair)
    return tuple(found.values())


def _pair(line: CaseLine, other: CaseLine, setting: str, knowledge: Knowledge) -> PairFacts:
    edit = knowledge.ncci_edit(line.code, other.code, line.service_date, setting)
    modifier = next((each for each in (*line.modifiers, *other.modifiers) if each in _SEPARATE), "")
    table = f"{setting} services"
    if edit is None:
        return PairFacts(line.service_date, other.code, line.code, None, table, False, modifier)
    table = f"{table}, {_quarter(edit.quarter)}"
    return PairFacts(line.service_date, edit.column1, edit.column2, edit.indicator, table, edit.exact_quarter, modifier)


def _quarter(name: str) -> str:
    """Return ``2024 Q3`` for the quarter ``2024q3``."""
    year, _, number = name.lower().partition("q")
    return f"{year.strip()} Q{number}"


def limits_of(case: Case, numbers: Iterable[int], knowledge: Knowledge) -> tuple[LimitFacts, ...]:
    """Return the medically unlikely edits of the denied lines' codes, with the units billed that day."""
    found = {}
    for line in case.claim.lines:
        if line.line not in set(numbers):
            continue
        limit = knowledge.mue(line.code, line.service_date, case.practice.setting)
        if limit is None:
            continue
        same = [each for each in case.claim.lines if (each.code, each.service_date) == (line.code, line.service_date)]
        found[line.code, line.service_date] = LimitFacts(
            line.service_date,
            line.code,
            int(sum(each.units for each in same)),
            limit.units,
            limit.mai,
            f"{case.practice.setting} services, {_quarter(limit.quarter)}",
            limit.exact_quarter,
        )
    return tuple(found.values())
