"""Panel 4: where is the money lost? One cohort by month of first denial, the same in every stage."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.domain.denial_course import Step
from tracker.domain.money import whole_dollars
from tracker.reports.courses import DECIDED, FILED, GAINED, MonthCourse, StepSums
from tracker.reports.figures import percent


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: the denials that reached it, and of the stage before those that did not.

    ``passed`` and ``missing`` are what the queue's address calls their lists (empty: all denials). ``pending`` are those of
    the missing that the payer still has; they are drawn hatched beside, never as lost. ``recovered_cents`` is set for money.
    """

    label: str
    passed: str
    denials: int
    cents: int
    missing: str = ""
    missing_denials: int = 0
    pending: str = ""
    pending_denials: int = 0
    pending_cents: int = 0
    recovered_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Funnel:
    """The stages of a cohort, and what was paid on it without an appeal won or a corrected claim."""

    stages: tuple[Stage, ...]
    overturned: StepSums
    corrected: StepSums
    otherwise: StepSums
    is_open: bool


def funnel(courses: Sequence[MonthCourse], *, is_open: bool) -> Funnel:
    """Return the stages of the denials of some months; ``is_open`` says whether outcomes are still to come."""

    def of(*steps: Step) -> StepSums:
        return StepSums.together(course.of(*steps) for course in courses)

    everything, acted = of(), of(Step.ACTED, *FILED)
    filed, decided, gained = of(*FILED), of(*DECIDED), of(*GAINED)
    waiting, won = of(Step.WAITING), of(Step.OVERTURNED)
    stages = (
        Stage("Denied", "", everything.denials, everything.cents),
        Stage("Acted on", "acted", acted.denials, acted.cents, "not-acted", everything.denials - acted.denials),
        Stage(
            "Appealed or corrected", "filed", filed.denials, filed.cents, "not-filed", acted.denials - filed.denials
        ),
        Stage(
            "Decided by payer", "answered", decided.denials, decided.cents, "not-answered",
            filed.denials - decided.denials, "with-payer", waiting.denials, waiting.cents,
        ),
        Stage(
            "Overturned or paid after correction", "gained", gained.denials, gained.cents, "refused",
            decided.denials - gained.denials,
        ),
        Stage(
            "Money in", "money", gained.paid_denials, gained.paid_cents, "no-money",
            gained.denials - gained.paid_denials, "no-money", won.denials - won.paid_denials, won.cents - won.paid_cents,
            gained.recovered_cents,
        ),
    )  # fmt: skip
    others = of(Step.UNTOUCHED, Step.ACTED, Step.WAITING, Step.ENDED, Step.REFUSED)
    return Funnel(stages, won, of(Step.CORRECTED), others, is_open)


def funnel_heading(found: Funnel, span: str) -> str:
    """Return what the panel says, from fixed sentences with checks; it never names a cause."""
    denied, acted, *_, money = found.stages
    if not denied.denials:
        return f"No denials in {span}"
    if acted.denials * 2 < denied.denials:
        return (
            f"Nobody has acted on {percent(denied.denials - acted.denials, denied.denials, 0)} of the denials of {span}"
        )
    return f"Denials of {span}: {whole_dollars(money.recovered_cents or 0)} of {whole_dollars(denied.cents)} came in by appeal or correction"
