"""The services a plan of care lists, where it lists them and leaves none open."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from tracker.reading.services import LONGEST_NOTE, ServiceName

_LIST = re.compile(
    r"\b(?:(?:planned|skilled|proposed|treatment)[ ])?(?:interventions?|treatments?|services|procedures|modalities|plan of care|plan|rx|tx)[ ](?:to include|will include|includes?|may include|planned|consists? of)\b[: ]"
    r"|\b(?:(?:planned|skilled|proposed)[ ])?(?:interventions?|procedures|services)(?: planned)?[ ]?:"
)
_OPEN = re.compile(
    r"\b(?:may include|but not limited|as (?:indicated|needed|appropriate|tolerated)|prn|etc|other|others|modalit(?:y|ies)|and/or|per (?:therapist|clinician|pt|ot)|eval(?:uate)? and treat|\+/-|such as|e\.g\.?)(?:\b|(?<=\.)|(?<=-))"
)
_LONGEST = 300
_LEAST = 2


class Interventions(NamedTuple):
    """A closed list of services: what each name may mean, and its place."""

    codes: frozenset[str]
    start: int
    end: int


def read_interventions(low: str, names: Sequence[ServiceName]) -> Interventions | None:
    """Return the list of services of a plan in lower case, with the services it names in order.

    None where there is no such list, or where it leaves room for others.
    """
    match = _LIST.search(low, 0, min(len(low), LONGEST_NOTE))
    if match is None:
        return None
    stop = low.find("\n", match.end(), match.end() + _LONGEST)
    end = stop if stop >= 0 else min(match.end() + _LONGEST, len(low))
    listed = [name for name in names if match.end() <= name.start < end]
    codes = frozenset(code for name in listed for code in name.codes)
    if len(listed) < _LEAST or _OPEN.search(low, match.start(), end):
        return None
    return Interventions(codes, match.start(), end)
