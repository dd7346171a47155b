"""Notes out of FHIR R4: a DocumentReference, alone or in a Bundle, with the note as its attachment."""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, NamedTuple

from tracker.importers.document_note import DocumentNote, hl7_day
from tracker.importers.errors import ImportProblem

MAX_BYTES = 20_000_000
_PASTE = "Open the note, copy its text, and paste it."
_KINDS = ("text/plain", "text/html", "application/pdf", "application/xml", "text/xml", "application/hl7-cda+xml")

Json = Mapping[str, Any]


class FhirNote(NamedTuple):
    """What a DocumentReference says of its note, the kind of its attachment and the attachment's bytes.

    ``problem`` says why there are none, where the note is not in the file or damaged.
    """

    about: DocumentNote
    kind: str
    content: bytes
    problem: ImportProblem | None = None


def read_fhir(data: bytes) -> FhirNote:
    """Return the note of a resource or Bundle with one DocumentReference.

    Raises ImportProblem for what is no such resource, holds several notes, or has its note elsewhere.
    """
    notes = read_fhir_notes(data)
    if len(notes) > 1:
        raise ImportProblem(
            "File", f"The bundle holds {len(notes)} notes.", "Bring it in under Notes out of documents."
        )
    if notes[0].problem is not None:
        raise notes[0].problem
    return notes[0]


def read_fhir_notes(data: bytes) -> list[FhirNote]:
    """Return every note of a resource or Bundle, in its order. Raises ImportProblem for a file without any."""
    if len(data) > MAX_BYTES:
        raise ImportProblem("File", f"The file must be smaller than {MAX_BYTES // 1_000_000} MB.", _PASTE)
    try:
        top = json.loads(data)
    except (ValueError, RecursionError):
        raise ImportProblem("File", "The JSON is damaged.", _PASTE) from None
    resources = list(_resources(top))
    notes = [one for one in resources if one.get("resourceType") == "DocumentReference"]
    if not notes:
        raise ImportProblem("File", "This JSON file holds no note (FHIR DocumentReference).", _PASTE)
    return [_note(one, resources) for one in notes]


def _note(one: Json, resources: list[Json]) -> FhirNote:
    about = _about(one, resources)
    try:
        return FhirNote(about, *_attachment(one))
    except ImportProblem as problem:
        return FhirNote(about, "", b"", problem)


def html_text(content: str) -> str:
    """Return the text of an HTML note, its blocks on lines of their own; scripts and styles are no text."""
    reader = _Html()
    reader.feed(content)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Html(HTMLParser):
    _BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "pre"})

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._skip = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  # HTMLParser's signature
        self._skip += tag in {"script", "style"}
        self.pieces.append("\n" if tag in self._BLOCKS else "")

    def handle_endtag(self, tag: str) -> None:
        self._skip -= tag in {"script", "style"} and self._skip > 0
        self.pieces.append("\n" if tag in self._BLOCKS else "  " if tag in {"td", "th"} else "")

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.pieces.append(data.replace("\n", " "))


def _resources(top: Any) -> Iterator[Json]:
    if not isinstance(top, dict):
        return
    yield top
    for entry in _list(top, "entry"):
        resource = entry.get("resource")
        if isinstance(resource, dict):
            yield resource | {"fullUrl": entry.get("fullUrl", "")}
    yield from _list(top, "contained")


def _list(of: Json, name: str) -> list[dict[str, Any]]:
    found = of.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(of: Json, name: str) -> str:
    found = of.get(name)
    return found if isinstance(found, str) else ""


def _dict(of: Json, name: str) -> Json:
    found = of.get(name)
    return found if isinstance(found, dict) else {}


def _attachment(note: Json) -> tuple[str, bytes]:
    found = [_dict(content, "attachment") for content in _list(note, "content")]
    kinds = [(_text(one, "contentType").partition(";")[0].strip().lower(), _text(one, "data")) for one in found]
    usable = sorted((pair for pair in kinds if pair[0] in _KINDS and pair[1]), key=lambda pair: _KINDS.index(pair[0]))
    if not usable:
        raise ImportProblem("File", "The note is not in the file: it is only named there, or it is no text.", _PASTE)
    kind, text = usable[0]
    try:
        return kind, base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ImportProblem("File", "The note inside the file is damaged.", _PASTE) from None


def _about(note: Json, resources: list[Json]) -> DocumentNote:
    patient = _referred(_dict(note, "subject"), resources)
    name = next(iter(_list(patient, "name")), {})
    given = name.get("given")
    first = str(given[0]) if isinstance(given, list) and given else ""
    visit = _text(_dict(_dict(note, "context"), "period"), "start") or _text(note, "date")
    author = next(iter(_list(note, "author")), {})
    return DocumentNote(
        _text(name, "family"), first, hl7_day(_text(patient, "birthDate")), hl7_day(visit),
        _text(author, "display") or _person(_referred(author, resources)), (), _title(note),
    )  # fmt: skip


def _title(note: Json) -> str:
    attachments = (_dict(content, "attachment") for content in _list(note, "content"))
    kind = _dict(note, "type")
    codes = (_text(code, "display") for code in _list(kind, "coding"))
    told = (_text(note, "description"), *(_text(one, "title") for one in attachments), _text(kind, "text"), *codes)
    return next(filter(None, told), "")


def _person(resource: Json) -> str:
    name: Json = next(iter(_list(resource, "name")), {})
    given = name.get("given")
    first = [str(one) for one in given] if isinstance(given, list) else []
    return " ".join([*first, _text(name, "family")]).strip()


def _referred(reference: Json, resources: list[Json]) -> Json:
    """Return the resource of the same file that a reference names, nothing where it lies elsewhere."""
    told = _text(reference, "reference")
    return next((one for one in resources if told and told in _names(one)), {})


def _names(resource: Json) -> tuple[str, str, str]:
    told = _text(resource, "id")
    return f"{_text(resource, 'resourceType')}/{told}", f"#{told}", _text(resource, "fullUrl")
