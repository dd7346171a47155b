"""Notes of the demo's visits, in the styles EMRs print them: SOAP, narrative, flowsheet, template, short bullets."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import NamedTuple

from tracker.demo.services import SERVICES, Service
from tracker.demo.visits import Line, Visit


class _Told(NamedTuple):
    """A visit's facts in words."""

    visit: Visit
    name: str
    day: str
    before: int
    after: int
    begins: datetime
    begin: str
    end: str
    timed: int
    total: int

    @property
    def signature(self) -> str:
        """Who signed and when; empty for a note nobody signed."""
        if self.visit.note == "unsigned":
            return ""
        return f"Electronically signed: {self.visit.episode.clinician.signature}  {self.day} {self.end}"


def note_text(visit: Visit) -> str:
    """Return the note of a visit; ``visit.note`` says how good it is (good, clock, thin, unsigned)."""
    told = _tell(visit)
    if visit.number == 1:
        return _evaluation(told)
    if visit.note == "thin":
        return _thin(told)
    if visit.note == "clock":
        return _by_the_clock(told)
    style = _STYLES[(visit.number + len(visit.control) + int(visit.control[2:7])) % len(_STYLES)]
    return style(told)


def _tell(visit: Visit) -> _Told:
    condition, share = visit.episode.condition, min(visit.number / max(visit.episode.visits, 1), 1.0)
    before = round(condition.first + (condition.aim - condition.first) * share * 0.85)
    timed = sum(line.minutes for line in visit.lines if SERVICES[line.code].timed)
    total = sum(line.minutes for line in visit.lines)
    begin = datetime.combine(visit.day, time(8, 30)) + timedelta(minutes=45 * (int(visit.control[2:7]) % 9))
    name = f"{visit.episode.patient.first_name.title()} {visit.episode.patient.last_name.title()}"
    step = max((condition.aim - condition.first) // 14, 1)
    return _Told(
        visit, name, f"{visit.day:%m/%d/%Y}", before, before + step, begin, f"{begin:%I:%M %p}".lstrip("0"),
        f"{begin + timedelta(minutes=total + 4):%I:%M %p}".lstrip("0"), timed, total,
    )  # fmt: skip


def _service(line: Line) -> Service:
    return SERVICES[line.code]


def _detail(told: _Told, line: Line) -> str:
    details = told.visit.episode.condition.work[line.code]
    return details[(told.visit.number + line.minutes) % len(details)]


def _measures(told: _Told) -> str:
    condition = told.visit.episode.condition
    return f"{condition.measure.capitalize()} {told.before} {condition.unit} at the start, {told.after} {condition.unit} after treatment (aim {condition.aim})."


_JUDGMENTS = {
    "PT": (
        "Needed hands-on cues to correct substitution on the last set; without them form was lost after rep 6.",
        "I lowered the load when form was lost and saw it come back; raised it again for the last set.",
    ),
    "OT": (
        "Needed cues to keep the wrist straight; grip gave way after the eighth repetition and I changed the task.",
        "I graded the resistance by pain and swelling, which an exercise sheet could not have done.",
    ),
    "SLP": (
        "Right answers rose with a visual cue and fell without one; I faded the cue from each trial to every third.",
        "I changed the model when three answers in a row were wrong, and two of the next three were right.",
    ),
}


def _judgment(told: _Told) -> str:
    """What the therapist saw and decided: the part of a note that shows skill."""
    words = _JUDGMENTS[told.visit.episode.clinician.discipline]
    return words[told.visit.number % len(words)]


def _evaluation(told: _Told) -> str:
    condition, (line, *_) = told.visit.episode.condition, told.visit.lines
    return "\n".join(
        [
            f"{told.visit.practice.name}          Evaluation",
            f"Patient: {told.name}     Date of service: {told.day}     Referred by: {_referring(told)}",
            "",
            f"History: {condition.problem}. No earlier therapy for this.",
            f"Examination: {condition.measure} {condition.first} {condition.unit}.",
            f"{_service(line).label} ({line.code}), {line.minutes} minutes, {told.begin} to {told.end}.",
            f"Goal: {condition.goal}; {condition.measure} {condition.aim} {condition.unit} in 8 weeks.",
            "Plan: 2 times a week for 8 weeks. Rehabilitation potential good.",
            told.signature,
        ]
    )


def _referring(told: _Told) -> str:
    last, _, first = told.visit.episode.referring.name.partition(", ")
    return f"{first.title()} {last.title()}, MD"


def _soap(told: _Told) -> str:
    condition = told.visit.episode.condition
    lines = [
        f"  {_service(line).label} ({line.code}) {line.minutes} min: {_detail(told, line)}."
        for line in told.visit.lines
    ]
    return "\n".join(
        [
            f"{told.visit.practice.name}          Daily note",
            f"Patient: {told.name}     Date of service: {told.day}     Visit {told.visit.number}",
            "",
            f"S: Still {condition.problem}, less than last week. Home program 5 of 7 days.",
            "O:",
            *lines,
            f"  {_measures(told)}",
            f"  Total timed minutes: {told.timed}. Total treatment time: {told.total} minutes.",
            f"A: {_judgment(told)}",
            f"   The gain brings the goal nearer: {condition.goal}.",
            "P: 2 times a week. Harder when it is done three times without a cue.",
            told.signature,
        ]
    )


def _narrative(told: _Told) -> str:
    condition = told.visit.episode.condition
    given = " ".join(
        f"{_service(line).label}, {line.minutes} minutes: {_detail(told, line)}." for line in told.visit.lines
    )
    return "\n".join(
        [
            f"{told.day}   {told.name}, visit {told.visit.number}",
            "",
            f"Arrived on time; still {condition.problem}. In {told.begin}, out {told.end}. {given} {_measures(told)}",
            "",
            _judgment(told),
            f"Still to come: {condition.goal}. The next visit adds to what was done today.",
            "",
            told.signature,
        ]
    )


def _flowsheet(told: _Told) -> str:
    rows = [f"{line.code:<8}{_service(line).label:<48}{line.minutes:>4}" for line in told.visit.lines]
    details = [f"  {_service(line).short}: {_detail(told, line)}" for line in told.visit.lines]
    return "\n".join(
        [
            f"FLOWSHEET   {told.name}   DOS {told.day}   visit {told.visit.number}",
            f"{'CODE':<8}{'SERVICE':<48}{'MIN':>4}",
            *rows,
            f"TIMED TOTAL {told.timed}    TREATMENT TOTAL {told.total}    {told.begin}-{told.end}",
            *details,
            _measures(told),
            f"Goal: {told.visit.episode.condition.goal}. {_judgment(told)}",
            told.signature,
        ]
    )


def _template(told: _Told) -> str:
    condition = told.visit.episode.condition
    return "\n".join(
        [
            f"[{told.visit.episode.clinician.discipline} DAILY NOTE]   {told.name}   {told.day}",
            f"Subjective: {condition.problem}",
            "Interventions:",
            *(
                f"[x] {line.code} {_service(line).label} - {line.minutes} minutes - {_detail(told, line)}"
                for line in told.visit.lines
            ),
            f"Total timed code minutes: {told.timed}",
            f"Total treatment minutes: {told.total}",
            f"Objective: {_measures(told)}",
            f"Skilled need: {_judgment(told)}",
            f"Progress toward goal ({condition.goal}): improving",
            "Plan: continue per plan of care, re-measure in two visits",
            told.signature,
        ]
    )


def _bullets(told: _Told) -> str:
    condition = told.visit.episode.condition
    return "\n".join(
        [
            f"* {told.day}  {told.name}  v{told.visit.number}",
            f"* Reports: {condition.problem}, a bit better",
            *(f"* {_service(line).label} {line.minutes} min - {_detail(told, line)}" for line in told.visit.lines),
            f"* {_measures(told)}",
            f"* One-on-one {told.timed} / session {told.total}  ({told.begin}-{told.end})",
            f"* {_judgment(told)}",
            f"* Next: toward the goal ({condition.goal})",
            told.signature,
        ]
    )


def _thin(told: _Told) -> str:
    """Minutes and nothing else that shows why a therapist was needed."""
    minutes = ", ".join(f"{_service(line).label} {line.minutes} min" for line in told.visit.lines)
    return "\n".join(
        [
            f"{told.name}  {told.day}",
            "Pt seen for skilled therapy. Tolerated treatment well. No new complaints.",
            f"{minutes}. Total {told.total} min.",
            "Continue per plan of care.",
            told.signature,
        ]
    )


def _by_the_clock(told: _Told) -> str:
    """Each service with its own stretch of time: what 59 wants to see."""
    begin, rows = told.begins, []
    for line in told.visit.lines:
        end = begin + timedelta(minutes=line.minutes)
        stretch = f"{begin:%I:%M}-{end:%I:%M %p}".lstrip("0")
        rows.append(f"{stretch}  {_service(line).label} ({line.code}), {line.minutes} min: {_detail(told, line)}.")
        begin = end + timedelta(minutes=2)
    return "\n".join(
        [
            f"{told.visit.practice.name}   {told.name}   {told.day}   visit {told.visit.number}",
            *rows,
            _measures(told),
            f"Each service was given by itself, one after the other. Goal: {told.visit.episode.condition.goal}.",
            told.signature,
        ]
    )


_STYLES: tuple[Callable[[_Told], str], ...] = (_soap, _narrative, _flowsheet, _template, _bullets)
