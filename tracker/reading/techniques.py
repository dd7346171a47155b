"""What was done, word by word: techniques, body regions, cues and levels of assistance, each with its place.

The words stand in ``techniques.tsv``: one row per service or kind of detail, with the codes its words show (``shows``),
further codes they fit as well (``also``), whether they prove the service (``proves``), and where they come from. A word
is looked up by its stem, so endings, British spelling and doubled letters make no difference.
"""

import csv
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, chain
from pathlib import Path
from typing import NamedTuple, TypeVar

from tracker.reading.beginnings import Sought
from tracker.reading.lexicon import Sign

# No note has more words; a text that does is not read to its end, so that reading takes no longer than looking.
MOST_WORDS = 20_000
_TABLE = Path(__file__).with_name("techniques.tsv")
_TOKEN = re.compile(r"[a-z]+|\d+")
_TOKENS = re.compile(rf"({_TOKEN.pattern})")
_DOUBLED = re.compile(r"([a-z])\1")
_SPOKEN = {"ups": "up", "cued": "cue", "cueing": "cue", "cuing": "cue", "cues": "cue", "stood": "stand", "tens": "tens"}
_NOT_BEFORE = frozenset({"no", "not", "without", "denies", "denied", "declined", "deferred", "never", "nor"})
_NOT_AFTER = re.compile(
    r"[ \t]*(?:[:=|(\-–—]+[ \t]*)?(?:(?:was|were|is)[ \t]+)?"
    r"(?:not (?:done|performed|given|provided|tolerated|addressed|completed|indicated)|deferred|declined|held today|omitted|n/?a\b|none\b)"
)
_EMPTY_CELLS = re.compile(r"[^|\n]{0,24}(?:\|[ \t]*--*[ \t]*)+\|?[ \t]*(?:\n|$)")
_CLAUSE = re.compile(r"[.;,:\n(]")
# "no practice of dressing, bathing or any other task"
_NONE_OF = re.compile(
    r"\b(?:no|without|not any)[ ](?:[a-z]+[ ])?(?:practi[cs]e|training|work|tasks?|performance|simulation|treatment|use)[ ](?:of|on|with|in)[ ][^.;:\n]*$"
)
# What all of these begin with: where none of it stands near, nothing is denied.
_DENYING = Sought(
    "dec def den hel n na nev no non nor not omi wit",
    r"(?:no|not|none|nor|never|without|denies|denied|declined|deferred|held|omitted|n/?a)\b",
)
_EMPTY_CELL = re.compile(r"\|[ \t]*-")
_LIST_REACH = 80
_AFTER_REACH = 60
_REACH = 24  # characters between a word of denial and what it denies


class Technique(NamedTuple):
    """Words of a note that show something: ``shows`` surely, ``also`` as well; codes or kinds of detail."""

    shows: frozenset[str]
    also: frozenset[str]
    proves: frozenset[str]
    start: int
    end: int

    def fits(self, what: str) -> bool:
        """Whether the words can belong to a service, or are such a detail."""
        return what in self.shows or what in self.also


Placed = TypeVar("Placed", Technique, Sign)


class _Meaning(NamedTuple):
    shows: frozenset[str]
    also: frozenset[str]
    proves: frozenset[str]


@lru_cache(maxsize=32_768)
def stem_of(word: str) -> str:
    """Return a word in lower case without its ending, doubled letters and British spelling."""
    if word in _SPOKEN:
        return _SPOKEN[word]
    if len(word) < 4 or not word.isalpha():
        return word
    plain = word.replace("isation", "ization").replace("ise", "ize") if len(word) > 6 else word
    if plain.endswith(("ies", "ied")):
        plain = plain[:-3] + "y"
    elif plain.endswith("s") and not plain.endswith("ss"):
        plain = plain[:-1]
    for ending in ("ing", "ed"):
        if plain.endswith(ending) and len(plain) - len(ending) >= 3:
            plain = plain[: -len(ending)]
            break
    plain = _DOUBLED.sub(r"\1", plain)
    return plain[:-1] if plain.endswith("e") and len(plain) > 3 else plain


def _rows() -> Iterator[tuple[tuple[str, ...], str, dict[str, str]]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            for words in row["words"].split(";"):
                stems = tuple(stem_of(token) for token in _TOKEN.findall(words.lower()))
                yield stems, row["shows"], row


# By how many stems follow the first one, the most first: what follows, and the meaning.
_Phrases = tuple[tuple[int, Mapping[tuple[str, ...], _Meaning]], ...]


def _lexicon() -> Mapping[str, _Phrases]:
    """Return the phrases by their first stem."""
    meanings: dict[tuple[str, ...], _Meaning] = {}
    for stems, shows, row in _rows():
        known = meanings.get(stems, _Meaning(frozenset(), frozenset(), frozenset()))
        proves = known.proves | {shows} if row["proves"] else known.proves
        meanings[stems] = _Meaning(known.shows | {shows}, known.also | frozenset(row["also"].split()), proves)
    by_first: dict[str, dict[int, dict[tuple[str, ...], _Meaning]]] = {}
    for (first, *rest), meaning in meanings.items():
        by_first.setdefault(first, {}).setdefault(len(rest), {})[tuple(rest)] = meaning
    return {first: tuple(sorted(found.items(), reverse=True)) for first, found in by_first.items()}


_LEXICON = _lexicon()


def find_techniques(low: str) -> tuple[Technique, ...]:
    """Return what the words of a note (in lower case) show, in their order; what the note denies is left out."""
    # What stands between the words, and the words, in turn: cheaper than a match for each of hundreds of words.
    parts = _TOKENS.split(low, MOST_WORDS)
    words = parts[1::2]
    places = list(accumulate(map(len, parts)))
    return tuple(_find(low, tuple(map(stem_of, words)), places[::2], places[1::2]))


def _find(low: str, stems: tuple[str, ...], starts: Sequence[int], ends: Sequence[int]) -> Iterator[Technique]:
    """Yield what words show; ``stems`` are theirs, which begin at ``starts`` and end at ``ends``."""
    past = 0
    for at in [at for at, stem in enumerate(stems) if stem in _LEXICON]:
        if at < past:
            continue
        for length, phrases in _LEXICON[stems[at]]:
            last = at + length
            meaning = phrases.get(stems[at + 1 : last + 1])
            if meaning is not None and (not length or _is_close(starts, ends, at, last)):
                past = last + 1
                start, end = starts[at], ends[last]
                if not is_denied(low, start, end):
                    yield Technique(*meaning, start, end)
                break


def _is_close(starts: Sequence[int], ends: Sequence[int], at: int, last: int) -> bool:
    """Whether the words of a phrase stand beside each other."""
    return all(starts[number + 1] - ends[number] <= 3 for number in range(at, last))


def is_denied(low: str, start: int, end: int) -> bool:
    """Whether the words before or behind a place say that it was not done: ``no massage``, ``bike: deferred``."""
    denials = _denials(low)
    at = bisect_left(denials, start - _LIST_REACH)
    if at == len(denials) or denials[at] >= end + _AFTER_REACH:
        return False
    if denials[at] < start and _is_denied_before(low, start):
        return True
    stop = end + _AFTER_REACH
    return denials[-1] >= end and bool(_NOT_AFTER.match(low, end, stop) or _EMPTY_CELLS.match(low, end, stop))


def _is_denied_before(low: str, start: int) -> bool:
    before = low[max(start - _REACH, 0) : start]
    cut = max((match.end() for match in _CLAUSE.finditer(before)), default=0)
    if not _NOT_BEFORE.isdisjoint(_TOKEN.findall(before, cut)[-2:]):
        return True
    return _NONE_OF.search(low, max(start - _LIST_REACH, 0), start) is not None


@lru_cache(maxsize=8)
def _denials(low: str) -> Sequence[int]:
    """Return where a text denies anything, in order."""
    return sorted(match.start() for match in chain(_DENYING.finditer(low), _EMPTY_CELL.finditer(low)))


def within(found: Sequence[Placed], start: int, end: int) -> Sequence[Placed]:
    """Return those of what was found, in order, that begin in ``text[start:end]``."""
    first = bisect_left(found, start, key=lambda each: each.start)
    last = bisect_left(found, end, key=lambda each: each.start)
    return found[first:last]
