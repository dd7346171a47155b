"""What a plan of care must hold, and which of it the text shows: diagnosis, goals, frequency, duration.

Type and amount have defaults (the discipline; once a day), so nothing is missing where they are not written.
"""

import re
from typing import NamedTuple

_DIAGNOSIS = re.compile(
    r"\b[a-tv-z]\d[0-9a-z](?:\.[0-9a-z]{1,4})?\b|\b(?:dx|diagnos\w+|impression|icd(?:-?10)?|s/p|status post|post[ -]?op\w*|condition)\b"
    r"|\b(?:fracture|fx|sprain|strain|tear|repair|replacement|arthroplasty|stroke|cva|pain|syndrome|capsulitis|bursitis|arthritis|fasciitis|epicondylitis|hemiparesis|hemiplegia|palsy|sclerosis|instability|dislocation|contracture|lymphedema|vertigo|disease|disorder|delay|dysphagia|aphasia|dysarthria|apraxia|neuropathy|radiculopathy|tendin\w+|oa|lbp|ddd|djd|cts|tka|tha|orif|rtc|rcr|aclr?|tbi|als|bppv|ckd|copd|osteoarthritis|stenosis|surgery|injury|weakness|parkinson\w*|dementia|impairment)\b"
)
_GOALS = re.compile(
    r"\b(?:goals?|[ls]tgs?|aims?|targets?|objectives?|outcomes?|to be able|will be able|will|g/)(?:\b|(?<=/))|\bg[:/]"
)
_NUMBER = r"(?:\d{1,3}|once|one|two|twice|three|four|five|six|seven|eight|ten|twelve)"
_FREQUENCY = re.compile(
    rf"\b{_NUMBER}[ ]?(?:-|–|to|or)?[ ]?\d?[ ]?(?:x|times?|visits?|sessions?|days?|treatments?|appointments?)?[ ]?(?:/|per|a|each|every|x)?[ ]?(?:weekly|week|wk|month|mo|day|fortnight)\b(?!s)"
    r"|\b(?:daily|weekly|biweekly|bi-weekly|fortnightly|monthly|qd|bid|tid|biw|tiw|qw|q\.?o\.?d|every (?:other )?(?:day|week|month|weekday|\w+day)|q[ ]?\d?[ ]?(?:wk|week|day)s?)\b|\bfreq(?:uency)?[ :.]{1,3}\d|\b\d[ ]?(?:x|w)/?(?:wk|week|w)\b|\b\d[ ]?(?:visits?|sessions?)\b"
    r"|\bone (?:visit|session|treatment)\b"
)
_DURATION = re.compile(
    rf"\b{_NUMBER}[ -]?(?:more[ ])?(?:weeks?|wks?|months?|mos?|days?|visits?|sessions?)\b(?!ly)|\b(?:through|thru|until|till|to|by|ending|ends|end date|expires?|up to|->)[ :]{{0,3}}(?:\d{{1,2}}[/\-.]\d{{1,2}}|\d{{4}}-\d\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*)"
    r"|\b(?:duration|cert(?:ification)? period|episode|period)[ :.]{1,3}\S?\d|\bx[ ]?\d{1,2}[ ]?(?:w|wk|wks|weeks?|mo)\b|\b\d{1,2}w\b|\d{1,2}/\d{1,2}(?:/\d{2,4})?[ ]?(?:-|–|to|through|thru)[ ]?\d{1,2}/\d{1,2}"
)
_VAGUE = re.compile(
    r"\b(?:as (?:tolerated|needed|able|indicated)|prn|per (?:the )?(?:therapist|clinician|pt|ot|slp)(?:['’]s)?(?: discretion| judg\w+)?|tbd|to be determined|open[ -]ended|indefinite(?:ly)?|ongoing|until (?:d/c|discharge|better|plateau|goals met|no longer)|until (?:pain|symptom)[ -]free)\b"
)
_TREATMENT = re.compile(r"\b(?:pt|ot|slp|st|therapy|treatment|treat|plan|tx|rx|p|frequency|visits?)\b")


class PlanText(NamedTuple):
    """Which elements a plan's text shows; ``vague`` is where it says how long or how often without saying it."""

    diagnosis: bool
    goals: bool
    frequency: bool
    duration: bool
    vague: tuple[int, int] | None

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the names of elements that are not shown."""
        shown = {
            "diagnosis": self.diagnosis,
            "goals": self.goals,
            "frequency": self.frequency,
            "duration": self.duration,
        }
        return tuple(name for name, there in shown.items() if not there)


def read_plan(low: str) -> PlanText:
    """Return which elements of a plan of care a text in lower case shows."""
    vague = _VAGUE.search(low)
    if vague is not None and not _TREATMENT.search(low, max(0, vague.start() - 60), vague.start()):
        vague = None
    return PlanText(
        diagnosis=_DIAGNOSIS.search(low) is not None,
        goals=_GOALS.search(low) is not None,
        frequency=_FREQUENCY.search(low) is not None,
        duration=_DURATION.search(low) is not None,
        vague=vague.span() if vague is not None else None,
    )
