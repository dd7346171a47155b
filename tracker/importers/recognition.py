"""What a file is, by its content: an 835, an 837P, another X12 transaction, or none at all."""

from tracker.importers.errors import ImportProblem
from tracker.importers.x12 import ELEMENT, SEGMENT, first_text, refuse_nul
from tracker.importers.x12_header import BYTE_ORDER_MARK

# Implementation guides of the 837 and 277 by the number in GS08 (5010, then 4010).
_GUIDES = {
    "837": {
        "X222": "837P", "X098": "837P", "X291": "837P", "X223": "837I", "X096": "837I", "X224": "837D", "X097": "837D",
    },
    "277": {"X214": "277CA", "X167": "277CA"},
}  # fmt: skip

_LOOKS_LIKE: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\x1f\x8b", "a compressed (gzip) file"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPG)"),
    (b"II*\x00", "a picture (TIF)"),
    (b"MM\x00*", "a picture (TIF)"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"<", "a web page or XML file"),
    (b"{", "a JSON file"),
)
_ASK = "Ask the clearinghouse for the 835 file."


def recognise(data: bytes, filename: str = "") -> str:
    """Return ``835``, ``837P`` or the name of another X12 transaction (``999``, ``277CA``, ``277``, ``TA1`` ...).

    The content decides; ``filename`` only serves the message. Raises ImportProblem for everything that is no X12.
    """
    if not data.strip():
        raise ImportProblem("File", "The file is empty.", "Download it again, then add it here.")
    _refuse_other_formats(data)
    refuse_nul(data)
    segments = [segment.split(ELEMENT) for segment in first_text(data).split(SEGMENT)]
    first = next((elements for elements in segments if elements[0] == "ST"), None)
    if first is None or len(first) < 2:
        if any(elements[0] == "TA1" for elements in segments):
            return "TA1"
        why = f"{filename or 'The file'} stops before its first transaction."
        raise ImportProblem(f"Segment {len(segments)}", why, "Download it again, then add it here.")
    group = next((elements for elements in segments if elements[0] == "GS"), [])
    return _name(first[1], " ".join([*group[8:9], *first[3:4]]), data)


def _refuse_other_formats(data: bytes) -> None:
    start = data[:1024].removeprefix(BYTE_ORDER_MARK).lstrip()
    if b"%PDF-" in data[:1024]:
        raise ImportProblem("File", "This file is not an 835. It looks like a PDF.", _ASK)
    for beginning, name in _LOOKS_LIKE:
        if start.startswith(beginning):
            raise ImportProblem("File", f"This file is not an 835. It looks like {name}.", _ASK)


def _name(kind: str, versions: str, data: bytes) -> str:
    """GS08 wins over ST03 where they differ; a file that names no guide shows its kind by its service lines."""
    guides = _GUIDES.get(kind, {})
    for version in versions.split():
        for guide, name in guides.items():
            if guide in version:
                return name
    if kind != "837":
        return kind
    if b"SV1" in data or not (b"SV2" in data or b"SV3" in data):
        return "837P"
    return "837I" if b"SV2" in data else "837D"
