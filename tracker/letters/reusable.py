"""Which paragraphs of one letter may be offered for another: those that tell nothing of the first one's patient."""

import re
from collections.abc import Mapping
from typing import Any

# Numbers of laws and manuals are no facts of a patient: 42 CFR 410.60(b), chapter 15, section 220.2.
_CITATION = re.compile(
    r"\b\d+\s+(?:CFR|USC|U\.S\.C\.)\s+(?:§+\s*)?[\w.()-]+|\b(?:chapter|part|sections?|§+)\s*\d[\w.()-]*", re.IGNORECASE
)
_MONTH = re.compile(
    r"\b(?:january|february|march|april|june|july|august|september|october|november|december)\b", re.IGNORECASE
)
_NAMES = (("patient", "name"), ("clinician", "name"), ("signer", "name"), ("plan", "certified_by"))
_RUN = 4  # words in a row that make a quotation


def is_reusable(text: str, facts: Mapping[str, Any]) -> bool:
    """Return whether a paragraph holds no name, number, date or quoted words of the letter it comes from.

    ``facts`` is the snapshot the letter was signed with. Every digit outside the citation of a law or manual counts
    as a fact (dates, amounts, claim numbers, measures), so some harmless paragraphs are refused too.
    """
    if not text or re.search(r"\d", _CITATION.sub("", text)) or _MONTH.search(text):
        return False
    words = _words(text)
    if _name_words(facts) & set(words):
        return False
    runs = _runs(words)
    return not any(runs & _runs(_words(quote["text"])) for quote in facts.get("quotes", []))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _runs(words: list[str]) -> set[tuple[str, ...]]:
    length = min(_RUN, len(words)) or 1
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}


def _name_words(facts: Mapping[str, Any]) -> set[str]:
    names = [(facts.get(part) or {}).get(field, "") for part, field in _NAMES]
    return {word for name in names for word in _words(name) if len(word) > 1}
