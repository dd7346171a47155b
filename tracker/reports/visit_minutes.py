"""Minutes to units: what the notes of a claim's visits tell about time, and the units each way of counting makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from tracker.diagnosis.payers import profile_of
from tracker.diagnosis.sessions import Session
from tracker.domain.case import Case
from tracker.domain.units import AssistantSplit, Furnished, assistant_split
from tracker.knowledge import Knowledge
from tracker.letters.derived import CodeCount, DayCount, count_days
from tracker.reading.people import author_of
from tracker.services.letter_minutes import minutes_of, timed_units, visits_of

_UNIT = 15
METHODS = {
    "cms": "the total of the timed minutes decides how many units, the codes' minutes where they go",
    "spm": "each code is counted alone, a unit from 8 minutes of its own, nothing pooled",
    "hybrid": "each code is counted alone, and in all no more units than the total makes",
}
METHOD_NAMES = {"cms": "the CMS 8-minute rule", "spm": "the midpoint of each code", "hybrid": "a mix of both rules"}


class Way(NamedTuple):
    """How a payer counts units. ``why`` says who says so; ``is_sure`` is false where that is practice knowledge."""

    method: str
    why: str
    is_sure: bool

    @property
    def name(self) -> str:
        """Return the method's short name."""
        return METHOD_NAMES[self.method]

    @property
    def words(self) -> str:
        """Return what the method does."""
        return METHODS[self.method]


@dataclass(frozen=True, slots=True)
class VisitMinutes:
    """One day with timed codes.

    ``count`` is None when no note gives minutes per code. ``untold`` are billed timed codes without minutes of their
    own, ``stated`` is the note's own total of timed minutes. ``assisted`` says for each code how many units carry the
    assistant's modifier ``assistant_modifier``, when an assistant wrote the note and so furnished the minutes.
    """

    day: date
    has_note: bool
    count: DayCount | None
    untold: tuple[str, ...]
    stated: int | None
    assistant_minutes: int
    assistant_modifier: str
    assisted: tuple[AssistantSplit, ...]

    @property
    def total_disagrees(self) -> bool:
        """Whether the note's own total is not the sum of its minutes per code."""
        return self.stated is not None and self.count is not None and self.stated != self.count.minutes

    def units_with_assistant(self, code: str) -> int:
        """Return how many units of a code carry the assistant's modifier."""
        return sum(each.with_modifier for each in self.assisted if each.code == code)


def in_fifteens(minutes: int) -> str:
    """Return minutes as full units and what remains: ``2 × 15 + 8``."""
    full, rest = divmod(minutes, _UNIT)
    if not full:
        return f"{rest}"
    return f"{full} × 15 + {rest}" if rest else f"{full} × 15"


def units_by(count: DayCount | CodeCount, method: str) -> int:
    """Return the units of a day or code by a method."""
    return {"cms": count.units_cms, "spm": count.units_spm, "hybrid": count.units_hybrid}[method]


def way_of_counting(case: Case, knowledge: Knowledge) -> Way:
    """Return how the payer of a case counts units, and why that is assumed."""
    profile = profile_of(case.payer, knowledge)
    if profile.counting_is_set:
        return Way(profile.counting_method, "set by this practice for the payer", True)
    cited = knowledge.payer_defaults(case.payer.kind).cited["counting_method"]
    words = f"usual for this kind of payer: {cited.source}, checked {cited.checked_on:%m/%d/%Y}"
    return Way(profile.counting_method, words, cited.confidence == "source")


def visit_minutes(case: Case, knowledge: Knowledge) -> tuple[VisitMinutes, ...]:
    """Return every day of a claim on which a timed code was billed, with its minutes and units."""
    numbers = [line.line for line in case.claim.lines]
    counts = {each.day: each for each in count_days(minutes_of(case, numbers, knowledge))}
    visits = visits_of(case, numbers, knowledge)
    return tuple(
        _visit(case, day, sessions, counts.get(day), billed)
        for day, sessions in visits.items()
        if (billed := timed_units(case, day, knowledge))
    )


def _visit(
    case: Case, day: date, sessions: Sequence[Session], count: DayCount | None, billed: dict[str, int]
) -> VisitMinutes:
    told = {row.code for row in count.rows} if count else set()
    stated = [session.stated for session in sessions if session.stated is not None]
    furnished, modifier = _by_assistant(case, sessions, billed)
    return VisitMinutes(
        day=day,
        has_note=bool(sessions),
        count=count,
        untold=tuple(code for code in billed if code not in told),
        stated=sum(stated) if len(stated) == len(sessions) and stated else None,
        assistant_minutes=sum(each.assistant for each in furnished.values()),
        assistant_modifier=modifier,
        assisted=assistant_split(furnished) if modifier else (),
    )


def _by_assistant(case: Case, sessions: Sequence[Session], billed: dict[str, int]) -> tuple[dict[str, Furnished], str]:
    """Return who furnished the minutes of each code, and the assistant's modifier; none when no assistant wrote."""
    furnished: dict[str, Furnished] = {}
    modifier = ""
    for session in sessions:
        author = author_of(case.notes[session.note].author or "")
        if author is not None and author.is_assistant:
            modifier = "CO" if author.discipline == "OT" else "CQ"
        for code, items in session.entries.items():
            if code not in billed:
                continue
            minutes = sum(item.minutes for item in items)
            before = furnished.get(code, Furnished())
            own = Furnished(0, minutes) if author is not None and author.is_assistant else Furnished(minutes, 0)
            furnished[code] = Furnished(before.therapist + own.therapist, before.assistant + own.assistant)
    return furnished, modifier
