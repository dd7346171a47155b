"""X12 bytes to transactions: one tokenizer for the 835 and the 837P.

Whatever separators a file uses, the text handed on has the same three: SEGMENT, ELEMENT and COMPONENT. Line breaks and
indentation are gone. The envelope (SE, GE, IEA) is checked on the way: a missing end means the file was cut off and is
refused; a wrong count or control number is listed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from tracker.domain.remittance import Problem
from tracker.importers.errors import ImportProblem
from tracker.importers.x12_header import BYTE_ORDER_MARK, Delimiters, Interchange, interchanges

SEGMENT, ELEMENT, COMPONENT = "\x1c", "\x1d", "\x1f"
MAX_SEGMENT = 64 * 1024
MAX_ELEMENTS = 200
_LONG = re.compile(f"[^{SEGMENT}]{{{MAX_ELEMENTS + 1},}}")  # only these can have too many elements
_HEAD = 4096
_WHITE = b" \t\r\n"
_DOWNLOAD_AGAIN = "Download it again, then add it here."
_ST, _SE = f"{SEGMENT}ST{ELEMENT}", f"SE{ELEMENT}"


@dataclass(slots=True)
class Transaction:
    """One ST..SE. ``body`` holds the segments between them; ``first_segment`` is the number of the ST in the file.

    ``group_control`` and ``group_date`` are GS06 and GS04 as written, the number and day of its group.
    """

    kind: str
    control_number: str
    version: str
    test: bool
    body: str
    first_segment: int
    group_control: str = ""
    group_date: str = ""
    problems: list[Problem] = field(default_factory=list)


def transactions(data: bytes) -> Iterator[Transaction]:
    """Yield the transactions of a file in order, each once its surroundings are checked.

    Raises ImportProblem for NUL bytes, a segment over 64 kB, separators that cannot be read and a file that stops
    before its envelope is closed.
    """
    refuse_nul(data)
    number, held = 1, None
    for interchange in interchanges(data):
        envelope = _Envelope(interchange, number)
        for piece in _pieces(data, interchange):
            found, notes = envelope.read(piece)
            if held is not None:
                held.problems += notes
            elif found is not None:
                found.problems += notes
            if found is not None:
                if held is not None:
                    yield held
                held = found
        number = envelope.number
        envelope.close()
    if held is not None:
        yield held


def first_text(data: bytes) -> str:
    """Return the first segments of a file (whole ones) in our separators, enough to see what it is.

    Raises ImportProblem when no separators can be read.
    """
    interchange = next(interchanges(data))
    head = data[interchange.start : min(interchange.start + _HEAD, interchange.stop)]
    if _is_wrapped(head, interchange.delimiters):
        head = head.translate(None, b"\r\n")
    text = _Plain(interchange.delimiters)(head)
    return text if len(head) < _HEAD else text.rpartition(SEGMENT)[0]


def refuse_nul(data: bytes) -> None:
    """Raise ImportProblem when the data holds NUL bytes: no text file does."""
    at = data.find(b"\0")
    if at < 0:
        return
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise ImportProblem(
            "Start of the file", "This file was saved as Unicode text (UTF-16).", "Save it as plain text."
        )
    why = f"The file holds a NUL byte (byte {at + 1}), which no 835 or 837P does."
    raise ImportProblem("File", why, f"The copy is damaged. {_DOWNLOAD_AGAIN}")


def _pieces(data: bytes, interchange: Interchange) -> Iterator[str]:
    """Yield the interchange's text piece by piece, each up to and with an SE, the rest at the end."""
    start, stop, delimiters = interchange.start, interchange.stop, interchange.delimiters
    if _is_wrapped(data[start : min(start + 8192, stop)], delimiters):
        data = data[start:stop].translate(None, b"\r\n")
        start, stop = 0, len(data)
    plain = _Plain(delimiters)
    while (end := _end_of_transaction(data, start, stop, delimiters)) >= 0:
        yield plain(data[start:end])
        start = end
    yield plain(data[start:stop])


def _is_wrapped(head: bytes, delimiters: Delimiters) -> bool:
    """Whether lines are broken in the middle of segments (some senders wrap at 80 columns)."""
    if delimiters.terminator in b"\r\n":
        return False
    lines = head.replace(b"\r", b"\n").split(b"\n")
    end = delimiters.terminator
    return any(
        line.strip() and rest.strip() and not line.rstrip().endswith(end) and not rest.lstrip().startswith(end)
        for line, rest in pairwise(lines)
    )


def _end_of_transaction(data: bytes, start: int, stop: int, delimiters: Delimiters) -> int:
    """Return the place after the next SE segment and its terminator, -1 if there is none."""
    marker, end = b"SE" + delimiters.element, delimiters.terminator
    white = _WHITE.replace(end, b"")
    at = start
    while (at := data.find(marker, at, stop)) >= 0:
        if _last_before(data, at, start, white) == end:
            close = data.find(end, at, stop)
            return stop if close < 0 else close + 1
        at += len(marker)
    return -1


def _last_before(data: bytes, at: int, start: int, white: bytes) -> bytes:
    """Return the last byte between ``start`` and ``at`` that is no white space."""
    while at > start:
        before = data[max(start, at - 256) : at].rstrip(white)
        if before:
            return before[-1:]
        at -= 256
    return b""


class _Plain:
    """Turns bytes with an interchange's separators into text with ours."""

    def __init__(self, delimiters: Delimiters) -> None:
        table = bytearray(range(256))
        table[0x1C:0x20] = b"    "
        ours = (SEGMENT, ELEMENT, COMPONENT)
        for theirs, our in zip((delimiters.terminator, delimiters.element, delimiters.component), ours, strict=True):
            table[theirs[0]] = ord(our)
        self._table = bytes(table)
        self._dropped = b"\r\n\x1a".replace(delimiters.terminator, b"")

    def __call__(self, data: bytes) -> str:
        text = _decode(data.translate(self._table, self._dropped))
        if f"{SEGMENT} " in text or f" {SEGMENT}" in text or SEGMENT * 2 in text:
            stripped = (segment.strip(" ") for segment in text.split(SEGMENT))
            text = SEGMENT.join(filter(None, stripped))
        text = text.strip(f" {SEGMENT}")
        _refuse_long_segment(text)
        _refuse_wide_segment(text)
        return text


def _decode(data: bytes) -> str:
    """X12 is read as Latin-1, which never fails; a name written in UTF-8 keeps its letters."""
    if data.isascii():
        return data.decode("ascii")
    data = data.replace(BYTE_ORDER_MARK, b"")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _refuse_wide_segment(text: str) -> None:
    for match in _LONG.finditer(text):
        count = match[0].count(ELEMENT)
        if count > MAX_ELEMENTS:
            why = f"A segment has {count} elements, more than {MAX_ELEMENTS}: no 835 or 837P has such."
            raise ImportProblem(f"Segment starting {match[0][:3]!r}", why, f"The copy is damaged. {_DOWNLOAD_AGAIN}")


def _refuse_long_segment(text: str) -> None:
    at = 0
    while len(text) - at > MAX_SEGMENT:
        end = text.rfind(SEGMENT, at, at + MAX_SEGMENT + 1)
        if end < 0:
            why = f"A segment is longer than {MAX_SEGMENT // 1024} kB, so its end was lost."
            raise ImportProblem(
                f"Segment starting {text[at : at + 3]!r}", why, f"The copy is damaged. {_DOWNLOAD_AGAIN}"
            )
        at = end + 1


class _Group(NamedTuple):
    """An open functional group (GS)."""

    control: str
    version: str
    date: str


class _Envelope:
    """Follows ISA, GS, ST, SE, GE and IEA of one interchange and keeps count."""

    def __init__(self, interchange: Interchange, number: int) -> None:
        self._interchange = interchange
        self.number = number  # of the next segment
        self._group: _Group | None = None
        self._groups = self._transactions = 0
        self._closed = False

    def read(self, piece: str) -> tuple[Transaction | None, list[Problem]]:
        """Take the next piece; return its transaction, if it ends with one, and what is wrong with the envelope."""
        notes: list[Problem] = []
        head, found, rest = (SEGMENT + piece).partition(_ST)
        for segment in filter(None, head.split(SEGMENT)):
            self._take(segment.split(ELEMENT), notes)
            self.number += 1
        return (self._transaction(rest) if found else None), notes

    def _take(self, elements: list[str], notes: list[Problem]) -> None:
        name = elements[0]
        value = [*elements, "", "", ""]
        if name == "GS":
            value = elements + [""] * 9
            self._group = _Group(value[6], value[8], value[4])
            self._groups, self._transactions = self._groups + 1, 0
        elif name == "GE":
            control = self._group.control if self._group else value[2]
            self._check("GE", value, self._transactions, "transactions", control, notes)
            self._group = None
        elif name == "IEA":
            if self._group is not None:
                notes.append(Problem(self._place(name), "The GE segment before it is missing."))
            control = self._interchange.header[13] if len(self._interchange.header) > 13 else value[2]
            self._check("IEA", value, self._groups, "groups", control, notes)
            self._closed = True
        elif self._closed and name.startswith("ISA"):  # an interchange whose beginning could not be read
            raise self._cut_off(self.number)
        elif name not in {"ISA", "TA1"}:
            where = "after the end" if self._closed else "outside of a transaction"
            notes.append(Problem(self._place(name), f"This stands {where} and was left out."))

    def _check(self, name: str, value: list[str], count: int, things: str, control: str, notes: list[Problem]) -> None:
        if _number(value[1]) != count:
            notes.append(Problem(self._place(name), f"It counts {value[1] or 'no'} {things}, the file has {count}."))
        if _same_number(value[2]) != _same_number(control):
            notes.append(Problem(self._place(name), f"Its control number is {value[2] or 'missing'}, not {control}."))

    def _transaction(self, text: str) -> Transaction:
        first = self.number
        first_line, _, rest = text.partition(SEGMENT)
        body, _, last = rest.rpartition(SEGMENT)
        st = [*first_line.split(ELEMENT), "", "", ""]
        se = [*last.split(ELEMENT), "", "", ""]
        count = text.count(SEGMENT) + 1
        self.number += count
        if _ST in rest:  # the next transaction begins before this one ended
            text = text[: text.index(_ST)]
            raise self._cut_off(first + text.count(SEGMENT), text)
        if not last.startswith(_SE):
            raise self._cut_off(first + text.count(SEGMENT), text)
        self._transactions += 1
        version = (self._group.version if self._group else "") or st[2]
        found = Transaction(st[0], st[1], version, self._interchange.is_test, body, first)
        if self._group is not None:
            found.group_control, found.group_date = self._group.control.strip(), self._group.date.strip()
        self.number -= 1
        self._check("SE", se, count, "segments", st[1], found.problems)
        self.number += 1
        return found

    def close(self) -> None:
        """Raise ImportProblem when the interchange has begun but not ended."""
        if self._interchange.header and not self._closed:
            raise self._cut_off(self.number - 1)
        if not self._interchange.header and self._group is not None:
            raise self._cut_off(self.number - 1)

    @staticmethod
    def _cut_off(last: int, text: str = "") -> ImportProblem:
        """Return the refusal of a file whose end is missing; ``text`` is what there is of the transaction."""
        inside = " of a claim" if any(f"{SEGMENT}{name}{ELEMENT}" in text for name in ("CLP", "CLM")) else ""
        why = f"The file stops in the middle{inside} (segment {last})."
        return ImportProblem(f"Segment {max(last, 1)}", why, _DOWNLOAD_AGAIN)

    def _place(self, name: str) -> str:
        return f"Segment {self.number} ({name[:10]})"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _same_number(text: str) -> str:
    """Leading zeros do not matter in control numbers; ISA13 has them and GS06 seldom."""
    return text.strip().lstrip("0")
