"""How an assistant was supervised, where a note says so: on the premises, by phone, or by nobody."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from tracker.reading.passages import Passage

_THERAPIST = (
    r"(?:supervising|supervisor|therapist|\bpt\b|\bot\b|\botr\b|physical therapist|occupational therapist|\bslp\b)"
)
_SIGNS = (
    "supervis",
    "on site",
    "onsite",
    "on-site",
    "off site",
    "off-site",
    "offsite",
    "premises",
    "phone",
    "covering",
    "in the clinic",
    "not in",
)
_NOBODY = re.compile(
    r"\b(?:no|without(?: an?)?)[ ](?:supervising |supervision\b|covering )(?:therapist|pt|ot|physical|occupational|clinician)?(?![^.\n]{0,20}\b(?:needed|required))|\bunsupervised\b(?![^.\n]{0,25}(?:exercis|home|walk|gait|ambul|transfer|at home|mobility))"
    r"|\bno (?:pt|ot|therapist|licensed therapist|supervising therapist|physical therapist)[ ](?:was |is |were )?(?:available|reachable|on (?:site|staff|duty|call)|covering|assigned|in (?:the )?(?:clinic|building)|to supervise)"
    rf"|{_THERAPIST}[^.;\n]{{0,25}}\b(?:on (?:vacation|leave|pto)|out (?:sick|all week|of (?:town|country))|unreachable|not reachable)\b[^.;\n]{{0,30}}\b(?:no (?:cover|substitute|other)|nobody|without cover)"
)
_REMOTE = re.compile(
    rf"{_THERAPIST}[^\n;]{{0,45}}\b(?:by (?:phone|telephone|text|video)|via (?:phone|telephone|text|video)|off[ -]?site|not (?:on|in)[ ](?:the )?(?:site|premises|clinic|building|office)|not on[ -]site|at (?:the |our )?other (?:clinic|office|location)|away from (?:the )?(?:clinic|building)|telecommunication|out of (?:the )?(?:building|clinic|office))\b"
    rf"|\b(?:general|remote|virtual|phone|telephone)[ ]supervision\b|\b(?:alone|only clinician|by myself)[ ](?:in|at)[ ](?:the )?(?:clinic|office)\b|\bavailable by (?:phone|telephone|text)\b"
)
_ON_SITE = re.compile(
    rf"{_THERAPIST}[^.\n;]{{0,40}}\b(?:on[ -]?site|on (?:the )?premises|in (?:the )?(?:building|clinic|suite|office|gym|facility)|present|immediately available)\b|\bdirect(?: on[ -]?site)? supervision (?:of|by|with|from|provided)\b|\bunder (?:the )?direct supervision\b|\bonsite supervision\b"
)
_NOT = re.compile(r"\bnot?\b[^.;\n]{0,12}$")


class Supervision(NamedTuple):
    """The passages that say how an assistant was supervised; None where nothing says it."""

    on_site: Passage | None = None
    by_phone: Passage | None = None
    nobody: Passage | None = None


def read_supervision(low: str, passages: Sequence[Passage]) -> Supervision:
    """Return what a note in lower case says about the supervision of an assistant."""
    if not any(sign in low for sign in _SIGNS):
        return Supervision()
    return Supervision(_first(low, passages, _ON_SITE), _first(low, passages, _REMOTE), _first(low, passages, _NOBODY))


def _first(low: str, passages: Sequence[Passage], pattern: re.Pattern[str]) -> Passage | None:
    for passage in passages:
        match = pattern.search(low, passage.start, passage.end)
        if match is not None and not _NOT.search(low[max(passage.start, match.start() - 20) : match.start()]):
            return passage
    return None
