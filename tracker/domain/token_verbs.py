"""What an API token may be used for: a closed list, on top of what the role of its person allows (security.md C-49)."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

USUAL_DAYS = 90
LONGEST_DAYS = 365


class Verb(StrEnum):
    """One thing a token may be used for."""

    READ = "read"
    WRITE = "write"
    IMPORT = "import"
    INSIGHTS = "insights"


VERB_WORDS: Mapping[Verb, str] = MappingProxyType(
    {
        Verb.READ: "Read denials, claims, notes, appeals, letters and outcomes",
        Verb.WRITE: "Log and change denials, add notes, work on appeals",
        Verb.IMPORT: "Import files and see what came of them",
        Verb.INSIGHTS: "Read the figures of Insights, which name no patient",
    }
)


def verbs_of(text: str) -> tuple[Verb, ...]:
    """Return the verbs of words with a space between, as a token's row keeps them."""
    words = set(text.split())
    return tuple(verb for verb in Verb if verb in words)


def as_text(verbs: Iterable[Verb]) -> str:
    """Return verbs as a token's row keeps them."""
    chosen = set(verbs)
    return " ".join(verb for verb in Verb if verb in chosen)


def lifetime(days: int) -> timedelta:
    """Return how long a token of this many days lives. Raises ValueError for none, or for more than a year."""
    if not 1 <= days <= LONGEST_DAYS:
        raise ValueError(f"Days must be from 1 to {LONGEST_DAYS}")
    return timedelta(days=days)
