"""Notes that the law protects beyond HIPAA's usual rules: what they are called, and what goes with them when they leave."""

from datetime import date
from enum import StrEnum


class Protection(StrEnum):
    """What a note is: ordinary, psychotherapy (45 CFR 164.501) or a Part 2 record of substance use treatment (42 CFR 2.11)."""

    ORDINARY = "ordinary"
    PSYCHOTHERAPY = "psychotherapy"
    PART_2 = "part2"


PROTECTION_WORDS = {
    Protection.ORDINARY: "Ordinary note",
    Protection.PSYCHOTHERAPY: "Psychotherapy note",
    Protection.PART_2: "Part 2 record (substance use)",
}

# 42 CFR 2.32(a)(2), in force since 04/16/2024 (89 FR 12472): one of two statements that go with each disclosure made with
# consent. 2.32(a) asks for a copy of the consent, or what it covers, beside it.
_PART_2_NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."
# 45 CFR 164.508(a)(2): psychotherapy notes are disclosed with the patient's authorization, with few exceptions.
_PSYCHOTHERAPY_NOTICE = "Psychotherapy notes, disclosed with the patient's authorization (45 CFR 164.508(a)(2))."
_NOTICES = {Protection.PSYCHOTHERAPY: _PSYCHOTHERAPY_NOTICE, Protection.PART_2: _PART_2_NOTICE}


def notice_of(protection: str) -> str:
    """Return what is printed on the cover of an enclosed note; empty for an ordinary one."""
    return _NOTICES.get(Protection(protection), "")


def is_protected(protection: str) -> bool:
    """Whether a note has to be kept apart from ordinary ones."""
    return protection != Protection.ORDINARY


def covers(signed_on: date, until_on: date | None, today: date) -> bool:
    """Whether an authorization holds on a day: signed by then, and not run out."""
    return signed_on <= today and (until_on is None or today <= until_on)
