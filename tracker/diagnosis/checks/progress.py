"""Checks of goals, baseline and progress across the notes on file (MBPM chapter 15 s.220.1.2 to 220.3).

A daily note need not repeat goals or progress that an evaluation, plan or progress report tells.
"""

from collections.abc import Iterator

from tracker.diagnosis.facts import VISIT_NOTES, LineFacts
from tracker.diagnosis.findings import NOT_APPLICABLE, Outcome, Quote, Result, Strength, passed, quote
from tracker.diagnosis.on_file import NoteOnFile, measured_gains, notes_on_file
from tracker.diagnosis.quoting import sentences
from tracker.knowledge.rules import Rule
from tracker.reading.goals import Goal
from tracker.reading.lexicon import Lexicon, Sign
from tracker.reading.measures import Measure

_CAUSE = "mn_progress_not_measurable"
_WITH_GOALS = frozenset({"evaluation", "re_evaluation", "plan_of_care", "progress_report"})
_FIRST = frozenset({"evaluation", "re_evaluation", "plan_of_care"})
_REPORTS = frozenset({"progress_report", "re_evaluation"})
_LEAD = 60  # characters of a line before the words that decide
_LIMITED = Lexicon(
    {
        "limited": (
            "limited", "decreased", "reduced", "poor", "weak*", "difficult*", "impaired", "slow", "restricted", "stiff*", "tight*", "unsteady", "antalgic", "delayed", "fair", "abnormal", "deficit*",
        )
    }
)  # fmt: skip


def goals_measurable(facts: LineFacts, _rule: Rule) -> Outcome:
    """A goal on file has a figure or a level, or at least a function and a time."""
    notes = notes_on_file(facts, VISIT_NOTES | _WITH_GOALS)
    goals = [(note, goal) for note in notes for goal in note.read.goals]
    good = [(note.number, goal) for note, goal in goals if _is_measurable(goal)]
    if good and (any(note.kind in _WITH_GOALS for note, _ in goals) or any(g.functional or g.timed for _, g in good)):
        plain = [each for each in good if each[1].measurable and each[1].functional and each[1].timed]
        return passed("A goal on file can be measured.", *_goal_quotes(facts, plain[:1]))
    formal = [(note.number, goal) for note, goal in goals if note.kind in _WITH_GOALS]
    if not formal:
        return _goals_of_the_day(facts, [goal for _, goal in goals])
    reason = "Not shown in the notes: a goal with a figure or level that can be measured."
    gains = measured_gains(facts)
    strength = Strength.WEAK if gains else Strength.LIKELY
    return Outcome(
        Result.NOT_SHOWN, reason, _CAUSE, strength, _goal_quotes(facts, formal[:2]), gains[:1], whole_claim=True
    )  # fmt: skip


def _goals_of_the_day(facts: LineFacts, goals: list[Goal]) -> Outcome:
    """A daily note need not tell goals; those it tells are weak evidence where none names a function or a time."""
    if not goals or any(goal.functional or goal.timed for goal in goals):
        return NOT_APPLICABLE
    number = facts.notes[0].number if facts.notes else 0
    ours = [(number, goal) for goal in facts.claim.read(number).goals]
    reason = "Not shown in the note: a function or a time for its goals; no other note with goals is on file here."
    return Outcome(Result.NOT_SHOWN, reason, _CAUSE, Strength.WEAK, _goal_quotes(facts, ours[:1]), measured_gains(facts)[:1], whole_claim=True)  # fmt: skip


def _is_measurable(goal: Goal) -> bool:
    return goal.measurable or (goal.functional and goal.timed and not goal.is_wish)


def _goal_quotes(facts: LineFacts, goals: list[tuple[int, Goal]]) -> tuple[Quote, ...]:
    return tuple(quote(number, facts.case.notes[number].text, goal.start, goal.end) for number, goal in goals)


def baseline_shown(facts: LineFacts, _rule: Rule) -> Outcome:
    """The evaluation or plan gives figures to measure against, or a later note does."""
    first = notes_on_file(facts, _FIRST)
    if not first:
        return NOT_APPLICABLE
    everything = notes_on_file(facts, VISIT_NOTES | _WITH_GOALS)
    figures = [(note.number, measure) for note in everything for measure in note.read.measures]
    if figures:
        return passed("Figures to measure against are on file.", *sentences(facts.claim, figures, 1))
    limits = [(note.number, sign) for note in first for sign in _LIMITED.find(note.read.low)]
    if not limits:
        return NOT_APPLICABLE
    reason = "Not shown in the notes on file: a measured baseline (range, strength, speed, a scale with its score)."
    return Outcome(
        Result.NOT_SHOWN, reason, _CAUSE, Strength.LIKELY, sentences(facts.claim, limits, 1), whole_claim=True
    )


def progress_measured(facts: LineFacts, rule: Rule) -> Outcome:
    """Figures improve, or the notes say why they do not and what was changed."""
    notes = notes_on_file(facts, VISIT_NOTES)
    gains = [each for each in _figures(notes) if each[1].change in {"better", "changed"}] or list(_over_time(notes))
    if gains:
        named = [each for each in gains if each[1].name]
        plain = named or (gains if len(gains) >= rule.figures["unnamed"] else [])
        scales_first = sorted(plain, key=lambda each: not each[1].is_scale)
        return passed("A figure is better than before.", *sentences(facts.claim, scales_first, 2))
    if less_help := [(note.number, each) for note in notes for each in note.read.assist_changes if each.is_better]:
        return passed("Less assistance is needed than before.", *sentences(facts.claim, less_help, 2))
    if not notes or any(note.read.maintenance.aim for note in notes):
        return NOT_APPLICABLE
    flat = [each for each in _figures(notes) if each[1].change == "same"]
    told = {kind: _signs(notes, kind) for kind in ("plateau", "same", "vague", "answered")}
    stalled = told["plateau"] + told["same"]
    if len(flat) + len(stalled) >= rule.figures["signs"] or told["plateau"]:
        sure = (told["plateau"] or flat or _has_report(notes)) and not told["answered"]
        reason = "The figures and words of the notes on file tell of no change, and not of a changed plan or a reason for it."
        evidence = sentences(facts.claim, [*flat[:2], *told["plateau"], *_carried_on(notes), *told["same"]], 4)
        return Outcome(
            Result.FAILED, reason, _CAUSE, Strength.LIKELY if sure else Strength.WEAK, evidence,
            sentences(facts.claim, told["vague"], 1), whole_claim=True,
        )  # fmt: skip
    return _words_only(facts, notes, told["vague"])


def _words_only(facts: LineFacts, notes: list[NoteOnFile], vague: list[tuple[int, Sign]]) -> Outcome:
    """A report of progress in words without any figure."""
    told = [note for note in notes if note.kind in _REPORTS] or notes
    if not vague or not _has_report(notes) or any(note.read.measures for note in told):
        return NOT_APPLICABLE
    reason = "Not shown in the notes on file: a figure that tells the progress; it is told in words only."
    shown = [(note.number, sign) for note in notes for sign in note.read.skill.shown]
    return Outcome(
        Result.NOT_SHOWN, reason, _CAUSE, Strength.LIKELY, _lines(facts, vague)[:2],
        sentences(facts.claim, shown, 1), path="appeal", whole_claim=True,
    )  # fmt: skip


def _lines(facts: LineFacts, signs: list[tuple[int, Sign]]) -> tuple[Quote, ...]:
    """Return the lines of signs: words of progress stand beside each other, each in a sentence of two words."""
    quotes: dict[Quote, None] = {}
    for number, sign in signs:
        text = facts.case.notes[number].text
        end = text.find("\n", sign.end)
        start = max(text.rfind("\n", 0, sign.start) + 1, sign.start - _LEAD)
        quotes[quote(number, text, start, end if end >= 0 else len(text))] = None
    return tuple(quotes)


def _has_report(notes: list[NoteOnFile]) -> bool:
    return any(note.kind in _REPORTS for note in notes)


def _figures(notes: list[NoteOnFile]) -> list[tuple[int, Measure]]:
    return [(note.number, measure) for note in notes for measure in note.read.measures if measure.name or measure.change == "changed"]  # fmt: skip


def _over_time(notes: list[NoteOnFile]) -> Iterator[tuple[int, Measure]]:
    """Yield figures of later notes that are better than the first figure of the same name."""
    first: dict[str, Measure] = {}
    for number, measure in _figures(notes):
        earlier = first.setdefault(measure.name, measure)
        if measure._replace(before=earlier.value).change == "better":
            yield number, measure


def _signs(notes: list[NoteOnFile], kind: str) -> list[tuple[int, Sign]]:
    return [(note.number, sign) for note in notes for sign in note.read.progress if sign.kind == kind]


def _carried_on(notes: list[NoteOnFile]) -> Iterator[tuple[int, Sign]]:
    """Yield where a note says that all goes on as it is."""
    for note in notes:
        yield from (
            (note.number, sign) for sign in note.read.skill.routine if note.read.low.startswith(("cont", "same"), sign.start)
        )  # fmt: skip


CHECKS = {
    "goals_measurable": goals_measurable,
    "baseline_shown": baseline_shown,
    "progress_measured": progress_measured,
}
