"""XML from outside as a small tree of elements and texts: no document type, no entities, nothing fetched (security.md C-29)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from tracker.importers.errors import ImportProblem

MAX_BYTES = 20_000_000
MAX_DEPTH = 256
_EXPORT = "Export the note again, or copy its text and paste it."


@dataclass(slots=True)
class Element:
    """An element: its name without namespace, its attributes, and what it holds in order."""

    name: str
    attributes: dict[str, str]
    holds: list["Element | str"] = field(default_factory=list)

    def children(self, name: str) -> Iterator["Element"]:
        """Yield the elements of a name that stand directly in this one."""
        return (one for one in self.holds if isinstance(one, Element) and one.name == name)

    def find(self, path: str) -> "Element | None":
        """Return the first element at a path of names like ``patient/name``, if there is one."""
        name, _, rest = path.partition("/")
        for child in self.children(name):
            found = child.find(rest) if rest else child
            if found is not None:
                return found
        return None

    def words(self) -> str:
        """Return all text inside, on one line."""
        return " ".join(_texts(self)).strip()


def _texts(element: Element) -> Iterator[str]:
    for one in element.holds:
        yield from one.split() if isinstance(one, str) else _texts(one)


def read_xml(data: bytes) -> Element:
    """Return the root element. Raises ImportProblem for what is too big, too deep, broken, or has a document type."""
    if len(data) > MAX_BYTES:
        raise ImportProblem("File", f"The file must be smaller than {MAX_BYTES // 1_000_000} MB.", _EXPORT)
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(data, True)  # expat's own signature
    except expat.ExpatError as error:
        raise ImportProblem(f"Line {error.lineno}", "The XML is damaged.", _EXPORT) from None
    except (ValueError, LookupError):
        raise ImportProblem("File", "The XML is in an unknown encoding.", _EXPORT) from None
    return builder.root


def _refuse_doctype(*_: object) -> None:
    raise ImportProblem("File", "The XML has a document type, which no clinical document has.", _EXPORT)


class _Builder:
    def __init__(self) -> None:
        self.root = Element("", {})
        self._open: list[Element] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise ImportProblem("File", f"The XML is nested deeper than {MAX_DEPTH} elements.", _EXPORT)
        element = Element(name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()})
        if self._open:
            self._open[-1].holds.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        if self._open:
            self._open[-1].holds.append(text)
