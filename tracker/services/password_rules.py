"""What a new password must be like: NIST SP 800-63B-4, section 3.1.1 (July 2025). Length and a blocklist, no composition.

``common_passwords.txt.gz`` holds what is left of the 30,000 most common passwords of the zxcvbn project (version 4.5.0,
MIT, see common_passwords.LICENSE.txt) when case, marks and digits at the ends are taken away, as ``_folded`` and
``_core`` do here.
"""

import gzip
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import chain
from pathlib import Path

MIN_ALONE = 15  # SP 800-63B-4 3.1.1.2: the only factor
MIN_WITH_SECOND_FACTOR = 8  # the same: only used together with a second factor
MAX_PASSWORD = 128  # it must be at least 64; the limit keeps hashing quick

_LIST = Path(__file__).parent / "common_passwords.txt.gz"
_LOOKALIKES = str.maketrans("@$0134578", "asoieastb")
_ROWS = (
    "01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop",
    "azertyuiop", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip
_RUNS = (*_ROWS, *(row[::-1] for row in _ROWS))
_SHORTEST_RUN, _MOST_RUNS = 3, 4
_LEAST_OWN = 5  # letters that must be left when the names around a person are taken away
_TRADE = (
    "rehab", "denials", "denial", "appeals", "appeal", "tracker", "billing", "biller", "claims", "physical", "therapy",
    "occupational", "speech", "therapist", "clinic", "medicare", "medicaid", "password", "welcome", "admin", "login",
    "secret", "changeme",
)  # fmt: skip


class WeakPassword(Exception):  # noqa: N818  # says what is wrong
    """Raised when a new password will not do; the message is for people."""


def normal(password: str) -> str:
    """Return the form that is hashed: NFC, so that accents typed in two ways are one password; nothing is cut off."""
    return unicodedata.normalize("NFC", password)


def refuse_weak(password: str, own_words: Iterable[str], least: int = MIN_ALONE) -> None:
    """Raise WeakPassword when a password is too short, too long, much used, a pattern, or made of names around a person.

    ``own_words`` are the sign-in name, the person's name and the names of their practices. Length counts
    characters; ``least`` is MIN_WITH_SECOND_FACTOR for who has one.
    """
    text, own_words = normal(password), tuple(own_words)
    if len(text) < least:
        raise WeakPassword(f"The password must have at least {least} characters. Several words are easiest to remember")
    if len(text) > MAX_PASSWORD:
        raise WeakPassword(f"The password must have at most {MAX_PASSWORD} characters")
    forms = _forms(text)
    if forms & _common():
        raise WeakPassword("The password is one that many people use. Choose words that few would put together")
    if _repeats(text) or any(_repeats(form) or _is_runs(form) for form in forms):
        raise WeakPassword("The password follows a pattern. Choose words that few would put together")
    if any(_without(form, own_words) < _LEAST_OWN for form in forms):
        raise WeakPassword("The password must be more than your name, your practice and words of the trade")


@cache
def _common() -> frozenset[str]:
    return frozenset(gzip.decompress(_LIST.read_bytes()).decode().split())


def _folded(text: str) -> str:
    """Take case and marks away."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _core(folded: str) -> str:
    """Take the digits at both ends away: ``2026`` behind a word makes it no harder to guess."""
    return folded.strip("0123456789") or folded


def _forms(text: str) -> frozenset[str]:
    """Return what a guesser would try for a password: as it is, with digits for letters undone, without its ends."""
    folded = (_folded(text), _folded(text.translate(_LOOKALIKES)), _folded(_core(_folded(text)).translate(_LOOKALIKES)))
    return frozenset(chain(folded, (_core(one) for one in folded))) - {""}


def _repeats(text: str) -> bool:
    """Whether a text is a part over and over that would be too short alone."""
    units = range(1, min(MIN_ALONE - 1, len(text) // 2) + 1)
    return any(text == (text[:size] * len(text))[: len(text)] for size in units)


def _is_runs(text: str) -> bool:
    """Whether a text is a few runs along the digits, the alphabet or the rows of a keyboard."""
    place = count = 0
    while place < len(text) and count < _MOST_RUNS:
        longest = max(_run_length(text, place, row) for row in _RUNS)
        if longest < _SHORTEST_RUN:
            return False
        place, count = place + longest, count + 1
    return place == len(text)


def _run_length(text: str, place: int, row: str) -> int:
    length = 0
    while place + length < len(text) and text[place : place + length + 1] in row:
        length += 1
    return length


def _without(form: str, own_words: Iterable[str]) -> int:
    """Return how many letters are left without the names around a person and the words of the trade."""
    words = {_folded(part) for word in own_words for part in (word, *word.split())} | set(_TRADE)
    left = form
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= _SHORTEST_RUN:
            left = left.replace(word, " ")
    return len(form) if left == form else len(left.replace(" ", "").strip("0123456789"))
