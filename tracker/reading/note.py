"""One note as it is read: each subject once, and only when somebody asks."""

from bisect import bisect_left, bisect_right
from collections import Counter

from tracker.domain.once import once
from tracker.reading.accidents import accidents_of_others
from tracker.reading.amendments import Amendments, read_amendments
from tracker.reading.assist_levels import AssistChange, read_assist_changes
from tracker.reading.blocks import Block, find_blocks, find_labels
from tracker.reading.certification import Certification, read_certification
from tracker.reading.clock import with_figures
from tracker.reading.company import Company, find_company
from tracker.reading.credentials import Clinician, find_clinicians
from tracker.reading.doses import Dose, DoseRow, read_dose_rows, read_doses
from tracker.reading.fitness import read_fitness
from tracker.reading.frequency import Frequency, read_frequencies, read_visits_this_week
from tracker.reading.goals import Goal, read_goals
from tracker.reading.helpers import Helpers, read_helpers
from tracker.reading.identity import Identity, PatientName, read_identity, read_patient_name
from tracker.reading.idle import Idle, bouts, find_idle
from tracker.reading.lexicon import Sign
from tracker.reading.maintenance import Maintenance, read_maintenance
from tracker.reading.measures import Measure, read_measures
from tracker.reading.minutes import Minutes, minutes_of
from tracker.reading.orders import Order, read_order
from tracker.reading.passages import Heading, Passage, headings, passages
from tracker.reading.places import VisitPlace, read_places
from tracker.reading.plan_changes import PlanChange, read_plan_changes
from tracker.reading.plans import PlanText, read_plan
from tracker.reading.progress import read_progress
from tracker.reading.prose_minutes import told_parts
from tracker.reading.sections import Section, sections
from tracker.reading.services import LONGEST_NOTE, ServiceName, find_services, lowered
from tracker.reading.sides import Side, read_sides
from tracker.reading.signatures import Signatures, read_signatures
from tracker.reading.similarity import shingles
from tracker.reading.skill import Skill, read_skill
from tracker.reading.supervision import Supervision, read_supervision
from tracker.reading.techniques import Technique, find_techniques
from tracker.reading.times import Time, find_times
from tracker.reading.treaters import Share, read_shares


class ReadNote:
    """A note's text with what is read from it. Every fact carries the place it stands at (``text[start:end]``)."""

    def __init__(self, text: str) -> None:
        self.text = text

    @once
    def low(self) -> str:
        """Return the text in lower case with every character at its own place."""
        return lowered(self.text)

    @once
    def _beginning(self) -> str:
        return self.low[:LONGEST_NOTE]

    @once
    def _figures(self) -> str:
        return with_figures(self.low)

    @once
    def passages(self) -> tuple[Passage, ...]:
        """Return its sentences and lines."""
        return passages(self.text)

    @once
    def _first_passages(self) -> tuple[Passage, ...]:
        if len(self.text) <= LONGEST_NOTE:
            return self.passages
        return tuple(passage for passage in self.passages if passage.end <= LONGEST_NOTE)

    @once
    def headings(self) -> tuple[Heading, ...]:
        """Return its headings with what stands under them."""
        return headings(self.text)

    @once
    def services(self) -> tuple[ServiceName, ...]:
        """Return the services it names."""
        return tuple(find_services(self.text, self.low))

    @once
    def minutes(self) -> Minutes:
        """Return its minutes per service, totals and times of day."""
        return minutes_of(self.low, self.times, self.services, self._figures)

    @once
    def _labels(self) -> tuple[Block, ...]:
        return find_labels(self.low, self.minutes.services, self.services)

    @once
    def sections(self) -> tuple[Section, ...]:
        """Return its lines by what they tell of: what was done, or something else."""
        timed = frozenset(service.start for service in self.minutes.services)
        return sections(self.low, timed, frozenset(label.start for label in self._labels if label.is_firm))

    @once
    def blocks(self) -> tuple[Block, ...]:
        """Return the stretches that describe single services."""
        return find_blocks(self.low, self._labels, self.sections)

    @once
    def techniques(self) -> tuple[Technique, ...]:
        """Return what its words show of the services."""
        return find_techniques(self.low)

    @once
    def times(self) -> tuple[Time, ...]:
        """Return the lengths of time it names."""
        return tuple(find_times(self.low))

    @once
    def told_parts(self) -> tuple[tuple[Time, Passage], ...]:
        """Return the lengths of time running text tells as parts of the visit, with their passages."""
        return told_parts(self.low, self.times, self.passages)

    @once
    def company(self) -> tuple[Company, ...]:
        """Return where it tells who shared the time."""
        return find_company(self.text, self.low)

    @once
    def idle(self) -> tuple[Idle, ...]:
        """Return where it tells of time that counts for no service."""
        return find_idle(self.low, self.times)

    @once
    def bouts(self) -> tuple[int, ...]:
        """Return the minutes of all bouts together, where it writes them so."""
        return tuple(bouts(self.low))

    @once
    def goals(self) -> tuple[Goal, ...]:
        """Return its goals."""
        return read_goals(self._beginning)

    @once
    def measures(self) -> tuple[Measure, ...]:
        """Return its measured figures, with the figures before them where it tells them."""
        return read_measures(self._figures[:LONGEST_NOTE])

    @once
    def assist_changes(self) -> tuple[AssistChange, ...]:
        """Return the levels of assistance it sets against earlier ones."""
        return read_assist_changes(self._beginning)

    @once
    def skill(self) -> Skill:
        """Return what it shows of a clinician's skill, and what it says that needs none."""
        return read_skill(self._beginning)

    @once
    def progress(self) -> tuple[Sign, ...]:
        """Return what it says in words of the course."""
        return read_progress(self._beginning)

    @once
    def maintenance(self) -> Maintenance:
        """Return what it says of maintenance care."""
        return read_maintenance(self._beginning)

    @once
    def accidents(self) -> tuple[Passage, ...]:
        """Return where it tells of an accident and of the claim with another payer."""
        return accidents_of_others(self._beginning, self._first_passages)

    @once
    def fitness(self) -> tuple[Sign, ...]:
        """Return the signs of fitness or sport training without a limitation to treat."""
        return read_fitness(self._beginning)

    @once
    def frequencies(self) -> tuple[Frequency, ...]:
        """Return how often and how long treatment is to be."""
        return read_frequencies(self._beginning)

    @once
    def visits_this_week(self) -> Frequency | None:
        """Return how many visits it counts in its own week, or None."""
        return read_visits_this_week(self._beginning)

    @once
    def doses(self) -> tuple[Dose, ...]:
        """Return the doses of exercises it tells, outside of its goals."""
        goals = self.goals
        return tuple(
            dose
            for dose in read_doses(self._beginning)
            if not any(goal.start <= dose.start < goal.end for goal in goals)
        )

    @once
    def dose_rows(self) -> tuple[DoseRow, ...]:
        """Return the rows of its exercise tables that tell doses of several visits."""
        return read_dose_rows(self._beginning)

    @once
    def sides(self) -> tuple[Side, ...]:
        """Return right and left at parts of the body."""
        return read_sides(self._beginning)

    @once
    def shingles(self) -> Counter[tuple[str, ...]]:
        """Return its words in stretches, to compare it with other notes."""
        return shingles(self.text)

    def passage_at(self, place: int) -> Passage:
        """Return the sentence or line that holds a place."""
        at = bisect_right(self.passages, (place, len(self.text) + 1)) - 1
        return self.passages[max(at, 0)]

    def passages_in(self, start: int, end: int) -> tuple[Passage, ...]:
        """Return the sentences or lines that stand in a stretch, wholly or in part."""
        first = bisect_right(self.passages, start, key=lambda each: each.end)
        last = bisect_left(self.passages, end, key=lambda each: each.start)
        return self.passages[first:last]

    @once
    def clinicians(self) -> tuple[Clinician, ...]:
        """Return the people it names with letters behind their names."""
        return find_clinicians(self.text[:LONGEST_NOTE])

    @once
    def signatures(self) -> Signatures:
        """Return who signed it, and the marks of what is not signed."""
        return read_signatures(self.text[:LONGEST_NOTE], self._beginning, self.clinicians)

    @once
    def helpers(self) -> Helpers:
        """Return the aides and students it names, and where the therapist was."""
        return read_helpers(self._beginning, self._first_passages, self.clinicians)

    @once
    def places(self) -> tuple[VisitPlace, ...]:
        """Return where it says that the visit took place."""
        return read_places(self.low)

    @once
    def shares(self) -> tuple[Share, ...]:
        """Return how it divides the time between therapist and assistant."""
        return read_shares(self.low, self.services)

    @once
    def supervision(self) -> Supervision:
        """Return what it says about the supervision of an assistant."""
        return read_supervision(self._beginning, self._first_passages)

    @once
    def amendments(self) -> Amendments:
        """Return what it says of late entries, additions and changes."""
        return read_amendments(self._beginning, self._first_passages)

    @once
    def identity(self) -> Identity:
        """Return whose it is and of which day, and what of it cannot be read."""
        return read_identity(self._beginning)

    @once
    def patient_name(self) -> PatientName | None:
        """Return the patient's name at its head, or None."""
        return read_patient_name(self.text[:LONGEST_NOTE])

    @once
    def certification(self) -> Certification:
        """Return what it says of certification periods, the physician's signature and the referral."""
        return read_certification(self.low)

    @once
    def plan_changes(self) -> tuple[PlanChange, ...]:
        """Return the services it says were added to the plan of care."""
        return read_plan_changes(self.low, self.services, self._first_passages)

    @once
    def order(self) -> Order | None:
        """Return the order for therapy it is by what it holds, unless a therapist signed it."""
        return None if self.signatures.by_clinicians else read_order(self.low, self.clinicians)

    @once
    def plan(self) -> PlanText:
        """Return which elements of a plan of care it shows."""
        return read_plan(self._beginning)
