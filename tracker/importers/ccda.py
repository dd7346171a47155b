"""Notes out of C-CDA documents (HL7 CDA R2): the narrative of their sections, patient, visit and author."""

import base64
import binascii
from collections.abc import Iterator

from tracker.importers.document_note import DocumentNote, hl7_day
from tracker.importers.errors import ImportProblem
from tracker.importers.xml_tree import Element, read_xml

_PASTE = "Open it, copy the text, and paste it."
_NEW_LINE = frozenset({"paragraph", "item", "tr", "br", "list", "table", "caption", "title"})
_VISITS = (
    "componentOf/encompassingEncounter/effectiveTime",
    "documentationOf/serviceEvent/effectiveTime",
    "effectiveTime",
)


def read_ccda(data: bytes) -> DocumentNote | tuple[DocumentNote, bytes]:
    """Return the note of a clinical document; one whose body is a file of its own comes with that file's bytes.

    Raises ImportProblem for what is no clinical document, or holds no text.
    """
    root = read_xml(data)
    if root.name != "ClinicalDocument":
        raise ImportProblem("File", "This XML file is no clinical document (C-CDA).", _PASTE)
    person = root.find("recordTarget/patientRole/patient")
    name = person.find("name") if person is not None else None
    sections = tuple(_sections(root.find("component/structuredBody")))
    note = DocumentNote(
        _part(name, "family"), _part(name, "given"), hl7_day(_value(person, "birthTime")), hl7_day(_visit(root)),
        _author(root), sections, _part(root, "title"),
    )  # fmt: skip
    body = root.find("component/nonXMLBody/text")
    if body is not None and body.attributes.get("representation") == "B64":
        return note, _decoded(body.words())
    if not any(text for _, text in sections):
        raise ImportProblem("File", "The clinical document holds no text.", _PASTE)
    return note


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace(" ", ""), validate=True)
    except (binascii.Error, ValueError):
        raise ImportProblem("File", "The file inside the document is damaged.", _PASTE) from None


def _part(name: Element | None, part: str) -> str:
    found = name.find(part) if name is not None else None
    return found.words() if found is not None else ""


def _value(element: Element | None, path: str) -> str:
    found = element.find(path) if element is not None else None
    return found.attributes.get("value", "") if found is not None else ""


def _visit(root: Element) -> str:
    return next(filter(None, (_value(root, f"{path}/low") or _value(root, path) for path in _VISITS)), "")


def _author(root: Element) -> str:
    name = root.find("author/assignedAuthor/assignedPerson/name")
    return name.words() if name is not None else ""


def _sections(body: Element | None) -> Iterator[tuple[str, str]]:
    """Yield title and narrative of the sections, those inside others after them."""
    for component in body.children("component") if body is not None else ():
        for section in component.children("section"):
            title, text = section.find("title"), section.find("text")
            yield (title.words() if title is not None else "", narrative(text) if text is not None else "")
            yield from _sections(section)


def narrative(text: Element) -> str:
    """Return a section's narrative block as lines: paragraphs, items and table rows each on one of their own."""
    lines = (" ".join(line.split()) for line in "".join(_pieces(text)).split("\n"))
    return "\n".join(filter(None, lines))


def _pieces(element: Element) -> Iterator[str]:
    for one in element.holds:
        if isinstance(one, str):
            yield one.replace("\n", " ")
            continue
        if one.name in _NEW_LINE:
            yield "\n"
        yield from _pieces(one)
        if one.name in _NEW_LINE:
            yield "\n"
        elif one.name in {"td", "th"}:
            yield "  "
