"""Where each interchange of an X12 file begins and which separators it uses.

The separators are found by counting elements of the ISA and by the GS that follows, never by byte offsets: real files
have ISAs of 102, 105 and more bytes (x12.md section 4).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tracker.importers.errors import ImportProblem

_WHITE = b" \t\r\n"
_LINE_BREAKS = b"\r\n"
_MAX_HEADER = 400
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ASK_AGAIN = "Ask the clearinghouse for the file as the payer sent it."


class Delimiters(NamedTuple):
    """The three separators of an interchange, one byte each."""

    element: bytes
    component: bytes
    terminator: bytes


class Interchange(NamedTuple):
    """One ISA..IEA, or a file without envelope: its place in the data, separators and ISA elements (from ISA00)."""

    start: int
    stop: int
    delimiters: Delimiters
    header: tuple[str, ...]

    @property
    def is_test(self) -> bool:
        """ISA15 says T: the sender is trying things out."""
        return len(self.header) > 15 and self.header[15] == "T"


def interchanges(data: bytes) -> Iterator[Interchange]:
    """Yield the interchanges of a file in order; a file that starts with GS or ST has one without a header.

    Text before the first ISA is passed over. Raises ImportProblem when no separators can be read.
    """
    found = _next_isa(data, 0, None)
    if found is None:
        yield _without_envelope(data)
        return
    while found is not None:
        start, delimiters, header = found
        found = _next_isa(data, start + 3, delimiters.terminator)
        yield Interchange(start, found[0] if found else len(data), delimiters, header)


_Found = tuple[int, Delimiters, tuple[str, ...]]


def _next_isa(data: bytes, at: int, terminator: bytes | None) -> _Found | None:
    """Return the next ISA from ``at``. A name may end in ISA too, so it must stand where a segment can begin."""
    unreadable = False
    while (at := data.find(b"ISA", at)) >= 0:
        if _begins_segment(data, at, terminator) and not data[at + 3 : at + 4].isalnum():
            read = _read_isa(data, at)
            if read is not None:
                return at, *read
            unreadable = True
        at += 3
    if unreadable and terminator is None:
        raise ImportProblem("Segment 1 (ISA)", "The separators of this file cannot be read.", _ASK_AGAIN)
    return None


def _begins_segment(data: bytes, at: int, terminator: bytes | None) -> bool:
    before = data[max(0, at - 80) : at]
    bare = before.rstrip(_WHITE)
    if not bare or bare.endswith(BYTE_ORDER_MARK) or (terminator is not None and bare.endswith(terminator)):
        return True
    return before.rstrip(b" \t").endswith((b"\n", b"\r"))


def _read_isa(data: bytes, start: int) -> tuple[Delimiters, tuple[str, ...]] | None:
    head = data[start : start + _MAX_HEADER]
    element = head[3:4]
    if not element:
        return None
    parts = head.split(element, 16)
    if len(parts) == 17 and len(parts[15].strip()) <= 1:
        component, terminator = _component_and_terminator(parts[16], element)
        header = parts[:16]
    else:
        component, terminator = _before_group(parts, element)
        header = parts[:15]
    if not terminator:
        return None
    component = component or _guess_component(data, start, element, terminator)
    if len({element, component, terminator}) < 3 or any(each.isalnum() for each in (element, component, terminator)):
        return None
    text = tuple(part.decode("latin-1").strip() for part in header)
    return Delimiters(element, component, terminator), text


def _component_and_terminator(tail: bytes, element: bytes) -> tuple[bytes, bytes]:
    """Split what follows the 16th separator: ISA16, the terminator, then usually GS."""
    component, terminator = tail[:1], tail[1:2]
    if terminator and terminator not in _LINE_BREAKS:
        if terminator.isalnum():  # ISA16 was left out: the terminator stands in its place
            return b"", component
        return component, terminator
    rest = tail[1:].lstrip(_WHITE)
    if rest[:1] and not rest[:1].isalnum():  # a line break before each terminator
        return component, rest[:1]
    first_line = re.split(rb"[\r\n]", rest, maxsplit=1)[0].rstrip(b" ")
    if first_line.endswith(component) and first_line.startswith(b"GS" + element):
        return b"", component
    return component, b"\r" if b"\n" not in tail else b"\n"


def _before_group(parts: list[bytes], element: bytes) -> tuple[bytes, bytes]:
    """An ISA one element short: what stands before GS still shows the terminator."""
    if len(parts) < 16:
        return b"", b""
    match = re.fullmatch(rb"(.?)([^A-Za-z0-9\s])\s*GS", parts[15], re.DOTALL)
    if match is None or match[1] == element:
        return b"", b""
    return b"" if match[1].isalnum() else match[1], match[2]


def _guess_component(data: bytes, start: int, element: bytes, terminator: bytes) -> bytes:
    """Read the component separator from the first service line, else take the usual one."""
    pattern = rb"SV[CD123]" + re.escape(element) + rb"[A-Z][A-Z0-9]([^A-Za-z0-9\s])"
    match = re.search(pattern, data[start : start + 200_000])
    if match and match[1] not in {element, terminator}:
        return match[1]
    return next(each for each in (b":", b">", b"^") if each not in {element, terminator})


_BARE_START = re.compile(rb"(?:^|[\r\n])[ \t]*(?:ST|GS)([^A-Za-z0-9\s])")


def _without_envelope(data: bytes) -> Interchange:
    """Guess the separators of a file that starts with GS or ST."""
    head = data[:4000].removeprefix(BYTE_ORDER_MARK)
    skipped = len(data[:4000]) - len(head)
    match = _BARE_START.search(head)
    if match is None:
        raise ImportProblem("Start of the file", "This file is not an 835: it has no ISA segment.", _ASK_AGAIN)
    element = match[1]
    # The segment after ST is BPR in an 835 and BHT in an 837; what stands before it ends segments.
    following = re.search(rb"([^A-Za-z0-9\s]?)([\r\n]*)[ \t]*(?:BPR|BHT)" + re.escape(element), head[match.start() :])
    terminator = (following[1] or following[2][-1:]) if following else b""
    if not terminator or terminator == element:
        raise ImportProblem("Segment 1 (ST)", "The separators of this file cannot be read.", _ASK_AGAIN)
    start = skipped + match.start()
    return Interchange(
        start, len(data), Delimiters(element, _guess_component(data, start, element, terminator), terminator), ()
    )
