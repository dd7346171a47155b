"""What the notes of a visit show of one billed code: its own stretches, what fits the code there, what belongs to others."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from tracker.diagnosis.findings import Quote, quote
from tracker.domain.once import once
from tracker.reading.blocks import Block
from tracker.reading.note import ReadNote
from tracker.reading.techniques import Technique, within

# Codes whose contents are the same as those of another one: add-ons, first and later encounters, sizes.
_SAME_AS = {
    "97130": "97129", "97761": "97760", "97763": "97760", "92508": "92507", "20561": "20560", "97014": "G0283",
    "97598": "97597", "97602": "97597", "97605": "97597", "97606": "97597", "97607": "97597", "97608": "97597",
    "97610": "97597", "97551": "97550", "97552": "97550", "G0541": "97550", "G0542": "97550", "G0543": "97550",
    "90913": "90912",
}  # fmt: skip
# Services whose very name says what was done.
_NAME_SAYS = frozenset({"97124", "97140", "97113", "97010", "97012", "G0283", "97016", "97018", "97022", "97024", "97026", "97028", "97033", "97034", "97035"})  # fmt: skip
_PIECE = re.compile(r"[,;\n|]|\.[ ]|[ ]{3,}")
_WORD = re.compile(r"[a-z]{3,}")
_SAYS_NOTHING = frozenset(
    ["per", "plan", "poc", "flow", "sheet", "flowsheet", "see", "pt", "patient", "client", "tolerated", "well", "treatment", "tx", "session", "program",
     "gym", "clinic", "continued", "cont", "completed", "performed", "provided", "given", "done", "good", "today", "with", "the", "and", "for", "was",
     "minutes", "min", "mins", "units", "unit", "timed", "total", "one", "rehab", "therapy", "therapist", "visit", "same", "last", "established"]
)  # fmt: skip
_AIM = re.compile(r"\b(?:goals?|[ls]tgs?|aim|next|plan|signed)\b")
_LONGEST_LINE = 120
_TELLING = 2  # techniques, or a sign of skill, from which on a sentence tells something
_MANY = 3  # techniques; more of them do not make a sentence say more
_MOST_LOOKED_AT = 100  # techniques; no stretch of a real note has more


def family_of(code: str) -> str:
    """Return the code under which the lexicon lists the contents of a code."""
    return _SAME_AS.get(code, code)


class Content:
    """What one note shows of one billed code. ``blocks`` are its own stretches; empty where the note labels none."""

    def __init__(self, number: int, read: ReadNote, code: str, billed: frozenset[str]) -> None:
        self.number, self.read, self.code, self.family = number, read, code, family_of(code)
        own = tuple(block for block in read.blocks if _is_of(block, code, billed))
        self.is_labelled = bool(own)
        self.blocks = own or (_whole(read) if len(billed) == 1 else ())

    @once
    def techniques(self) -> tuple[Technique, ...]:
        """Return everything the words of its own stretches show, the label left out unless it says what was done."""
        return tuple(_techniques(self.read.techniques, self.blocks, self.family))

    @once
    def fitting(self) -> tuple[Technique, ...]:
        """Return the techniques of the code in its own stretches."""
        return tuple(each for each in self.techniques if self._fits(each))

    @once
    def foreign(self) -> tuple[Technique, ...]:
        """Return the techniques there that surely belong to another code."""
        return tuple(each for each in self.techniques if each.proves and not each.fits(self.family))

    @once
    def elsewhere(self) -> tuple[Technique, ...]:
        """Return the techniques of the code in the rest of the note."""
        return tuple(
            each
            for each in self.read.techniques
            if self._fits(each) and not any(block.start <= each.start < block.end for block in self.blocks)
        )

    @once
    def follows(self) -> tuple[Technique, ...]:
        """Return those of ``elsewhere`` that stand after the first label, where it is told what was done, in no one's stretch."""
        first = self.blocks[0].start if self.blocks else 0
        done = [part for part in self.read.sections if part.is_done]
        return tuple(
            each
            for each in self.unclaimed
            if each.start > first
            and any(part.start <= each.start < part.end for part in done)
            and not _AIM.search(self.read.low, self.read.low.rfind("\n", 0, each.start) + 1, each.start)
        )

    @once
    def unclaimed(self) -> tuple[Technique, ...]:
        """Return those of ``elsewhere`` that stand in the stretch of no other service."""
        claimed = [(block.start, block.end) for block in self.read.blocks]
        return tuple(each for each in self.elsewhere if not any(start <= each.start < end for start, end in claimed))

    def _fits(self, each: Technique) -> bool:
        says_it = self.family in _NAME_SAYS and self.family in each.proves
        return each.fits(self.family) and ("generic" not in each.shows or says_it)

    def has(self, kind: str) -> bool:
        """Whether its stretches show a kind of detail: ``cue``, ``assist``, ``region``, ``finding``, ``device``."""
        return any(each.fits(kind) for each in self.techniques)

    @property
    def has_figures(self) -> bool:
        """Whether its stretches hold a figure: sets, load, time, distance."""
        return any(char.isdigit() for block in self.blocks for char in self.read.text[block.body : block.end])

    @property
    def words(self) -> int:
        """Return how many words its stretches use to describe what was done."""
        found = (word for block in self.blocks for word in _WORD.findall(self.read.low[block.body : block.end]))
        return sum(word not in _SAYS_NOTHING for word in found)

    def label_quotes(self) -> tuple[Quote, ...]:
        """Return the lines of its own stretches, each up to its first sentence's end."""
        return tuple(self._line(block) for block in self.blocks[:2])

    def _line(self, block: Block) -> Quote:
        text = self.read.text
        stop = min(block.end, block.start + _LONGEST_LINE)
        for mark in (". ", "\n"):
            cut = text.find(mark, block.body, stop)
            stop = cut + 1 if cut > block.body + 1 else stop
        return quote(self.number, text, block.start, max(stop, block.body))

    def telling(self) -> tuple[Quote, ...]:
        """Return what an auditor reads first: the line that names the service, and the sentence of its stretches that shows most."""
        richest = max(self._sentences(), key=lambda each: each[0], default=None)
        found = (*self.label_quotes()[:1],) if self.is_labelled else self.pieces(self.fitting, 1)
        if richest is None or richest[0] < _TELLING:
            return found
        best = quote(self.number, self.read.text, *richest[1:])
        return found if any(best.is_within(each) for each in found) else (*found, best)

    def _sentences(self) -> Iterator[tuple[int, int, int]]:
        """Yield the sentences of its stretches: how many techniques of the code and kinds of skill each shows, and its place."""
        for block in self.blocks:
            for passage in self.read.passages_in(block.body, block.end):
                start, end = max(passage.start, block.body), min(passage.end, block.end)
                kinds = {sign.kind for sign in within(self.read.skill.shown, start, end)}
                yield 2 * len(kinds) + min(len(within(self.fitting, start, end)), _MANY), start, end

    def only_labels(self) -> tuple[Quote, ...]:
        """Return the labels of its own stretches."""
        firm = [block for block in self.blocks if block.body > block.start]
        return tuple(quote(self.number, self.read.text, block.start, block.body) for block in firm[:1])

    def pieces(self, techniques: Iterable[Technique], most: int = 3) -> tuple[Quote, ...]:
        """Return the pieces of lines with these techniques, those with most of them, in the note's order."""
        counts: dict[tuple[int, int], int] = {}
        for each in islice(techniques, _MOST_LOOKED_AT):
            place = _piece(self.read.text, each.start, each.end)
            counts[place] = counts.get(place, 0) + 1
        best = sorted(counts, key=lambda place: (-counts[place], place))[:most]
        return tuple(quote(self.number, self.read.text, *place) for place in sorted(best))


def _is_of(block: Block, code: str, billed: frozenset[str]) -> bool:
    meant = [each for each in block.codes if each in billed]
    return code in (meant or block.codes[:1])


def _whole(read: ReadNote) -> tuple[Block, ...]:
    """Return the parts that tell what was done, for the only service of a visit."""
    return tuple(Block((), part.start, part.start, part.end, is_firm=False) for part in read.sections if part.is_done)


def _techniques(found: Sequence[Technique], blocks: Iterable[Block], family: str) -> Iterator[Technique]:
    for block in blocks:
        if family in _NAME_SAYS:
            yield from (each for each in within(found, block.start, block.body) if family in each.proves)
        yield from within(found, block.body, block.end)


def _piece(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the piece of a line around a place, between commas and stops."""
    low = max(start - _LONGEST_LINE, 0)
    begins = max((match.end() for match in _PIECE.finditer(text, low, start)), default=low)
    stop = _PIECE.search(text, end, min(end + _LONGEST_LINE, len(text)))
    return begins, stop.start() if stop else min(end + _LONGEST_LINE, len(text))


def read_contents(notes: Iterable[tuple[int, ReadNote]], code: str, billed: frozenset[str]) -> tuple[Content, ...]:
    """Return what each note of a visit (its number, as read) shows of a code, with the codes billed for the day."""
    return tuple(Content(number, read, code, billed) for number, read in notes)
