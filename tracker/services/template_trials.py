"""The facts a template is tried on: invented ones, or those of one of the practice's denials."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from tracker.knowledge import Knowledge
from tracker.letters.catalog import LetterTemplate, Sample, sample
from tracker.letters.pictures import NO_PICTURES, Pictures
from tracker.models import Denial
from tracker.services.appealing import newest_letter, start_appeal
from tracker.services.letter_exhibits import enclosures
from tracker.services.letter_facts import letter_facts, letter_rows
from tracker.services.pictures import pictures_of


class TrialAt(NamedTuple):
    """What a trial letter is dated and who asks for it."""

    now: datetime
    today: date
    user_id: int


class TrialFacts(NamedTuple):
    """What a template is tried on: facts with what stands in the letter's form, and the pictures they name."""

    sample: Sample
    pictures: Pictures = NO_PICTURES


def invented(template: LetterTemplate) -> TrialFacts:
    """Return the invented facts of a letter."""
    return TrialFacts(sample(template.slug))


def denial_sample(
    session: Session, denial: Denial, template: LetterTemplate, knowledge: Knowledge, at: TrialAt
) -> TrialFacts:
    """Return what a new letter of a template would be made of for a denial.

    The rows of that letter are made in the session, so its caller must roll it back.
    """
    appeal = start_appeal(session, [denial], template, at.now, at.today, at.user_id)
    letter = newest_letter(session, appeal)
    rows = letter_rows(session, appeal, at.today)
    used = [choice for choice in enclosures(session, appeal, template, rows.denials, letter.exhibits) if choice.used]
    facts = letter_facts(session, rows, letter, used, knowledge)
    return TrialFacts(Sample(facts, {}), pictures_of(session, denial.practice_id, facts))
