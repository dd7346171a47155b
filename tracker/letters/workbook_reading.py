"""In the child process: reads the cells of the first sheet of an Excel workbook (XLSX), part by part as a stream.

Only values are read: formulas stay unread, their last result counts. A DOCTYPE is refused, so that no entity exists
(security.md C-29); what parts unpack to is counted, not believed (C-27).
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from xml.parsers import expat

from tracker.letters.limited import Answer, Refusal

MAX_BYTES = 200_000_000
MAX_ROWS = 5100  # with text in them; the importer refuses fewer with better words
MAX_COLUMNS = 100
MAX_CELL = 1000
_MAX_EMPTY = 20_000  # so many rows without a value in a row are the end of the sheet
_MAX_TEXTS = 500_000
_MAX_DEPTH = 256
_PIECE = 1 << 16
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, KeyError, NotImplementedError, RuntimeError)
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
_DATE_FORMATS = {14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)}
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DAYS = (1, 2_958_465)  # serial numbers of days up to the year 9999


def read_workbook(arguments: dict[str, Any], blobs: Sequence[bytes]) -> Answer:  # noqa: ARG001  # every task's signature
    """Return ``rows``: number and texts of each row with a value in it. Raises Refusal with words for a person."""
    try:
        with zipfile.ZipFile(BytesIO(blobs[0])) as archive:
            rows = _Workbook(archive).rows()
    except _DAMAGED:
        raise Refusal("broken", "The file is damaged, or it is no Excel workbook.") from None
    except (expat.ExpatError, ValueError):
        raise Refusal("broken", "The file is damaged: a part of it cannot be read.") from None
    return Answer({"rows": rows}, ())


class _Done(Exception):  # noqa: N818  # not a fault
    """Nothing more is wanted of a part."""


class _Workbook:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._room = MAX_BYTES

    def rows(self) -> list[tuple[int, list[str]]]:
        book = _Book()
        self._parse("xl/workbook.xml", book)
        links = _Links()
        self._parse("xl/_rels/workbook.xml.rels", links)
        styles, texts = _Styles(), _Texts()
        for name, handler in (("xl/styles.xml", styles), ("xl/sharedStrings.xml", texts)):
            if name in self._archive.namelist():
                self._parse(name, handler)
        target = links.targets.get(book.sheet)
        if target is None:
            raise Refusal("empty", "The workbook holds no sheet.")
        first_day = date(1904, 1, 1) if book.from_1904 else date(1899, 12, 30)
        sheet = _Sheet(texts.texts, styles.dates, first_day)
        self._parse(posixpath.normpath(posixpath.join("xl", target)).lstrip("/"), sheet)
        sheet.fill_merged()
        return sorted(sheet.rows.items())

    def _parse(self, name: str, handler: "_Part") -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler, parser.EndElementHandler = handler.started, handler.ended
        parser.CharacterDataHandler = handler.text
        try:
            with self._archive.open(name) as file:
                while piece := file.read(_PIECE):
                    self._room -= len(piece)
                    if self._room < 0:
                        raise Refusal("too_big", f"The workbook unpacks to more than {MAX_BYTES // 1_000_000} MB.")
                    parser.Parse(piece)
                parser.Parse(b"", True)  # expat's own signature
        except _Done:
            return


def _refuse_doctype(*_: object) -> None:
    raise Refusal("doctype", "The file holds a document type, which no workbook has.")


class _Part:
    """One part of the workbook as its elements come; names are without their namespace."""

    def __init__(self) -> None:
        self._depth = 0

    def started(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise Refusal("deep", "The file is nested too deep.")
        self.begin(name.rpartition(" ")[2], attributes)

    def ended(self, name: str) -> None:
        self._depth -= 1
        self.end(name.rpartition(" ")[2])

    def begin(self, name: str, attributes: dict[str, str]) -> None: ...

    def end(self, name: str) -> None: ...

    def text(self, text: str) -> None: ...


class _Book(_Part):
    """Which sheet is the first that shows, and where its calendar begins."""

    sheet = ""
    from_1904 = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0") in ("1", "true")
        if name == "sheet" and not self.sheet and attributes.get("state", "visible") == "visible":
            self.sheet = next((value for key, value in attributes.items() if key.endswith(" id")), "")


class _Links(_Part):
    """Where the parts lie."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: dict[str, str] = {}

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            target = attributes.get("Target", "")
            self.targets[attributes.get("Id", "")] = target.removeprefix("/xl/")


class _Styles(_Part):
    """Which cell styles show a number as a day."""

    def __init__(self) -> None:
        super().__init__()
        self.dates: set[int] = set()
        self._own: set[int] = set()
        self._count = 0
        self._inside = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt" and _shows_day(attributes.get("formatCode", "")):
            self._own.add(int(attributes["numFmtId"]))
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            if int(attributes.get("numFmtId", "0")) in _DATE_FORMATS | self._own:
                self.dates.add(self._count)
            self._count += 1

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._inside = False


def _shows_day(code: str) -> bool:
    plain = _NOT_FORMAT.sub("", code).lower()
    return "y" in plain or "d" in plain


class _Texts(_Part):
    """The shared texts; phonetic hints are no text."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._hint = self._here = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._hint = True
        elif name == "t":
            self._here = not self._hint

    def end(self, name: str) -> None:
        if name == "si":
            if len(self.texts) >= _MAX_TEXTS:
                raise Refusal("too_big", "The workbook holds too many texts. Save the list alone as a CSV file.")
            self.texts.append("".join(self._pieces)[:MAX_CELL])
        elif name == "rPh":
            self._hint = False
        elif name == "t":
            self._here = False

    def text(self, text: str) -> None:
        if self._here:
            self._pieces.append(text)


class _Sheet(_Part):
    """Rows by number, each a list of texts."""

    def __init__(self, texts: Sequence[str], dates: set[int], first_day: date) -> None:
        super().__init__()
        self.rows: dict[int, list[str]] = {}
        self._texts, self._dates, self._first_day = texts, dates, first_day
        self._row = self._column = self._empty = 0
        self._kind, self._style = "n", 0
        self._pieces: list[str] = []
        self._here = False
        self._merged: list[str] = []

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
        elif name == "c":
            place = _REFERENCE.fullmatch(attributes.get("r", ""))
            self._column = _column(place[1]) if place else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
            self._pieces = []
        elif name in ("v", "t"):
            self._here = True
        elif name == "mergeCell" and len(self._merged) < MAX_ROWS:
            self._merged.append(attributes.get("ref", ""))

    def text(self, text: str) -> None:
        if self._here:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        if name in ("v", "t"):
            self._here = False
        elif name == "c" and self._pieces and self._column <= MAX_COLUMNS:
            self._keep(self._row, self._column, self._value("".join(self._pieces)))
        elif name == "row":
            self._empty = 0 if self._row in self.rows else self._empty + 1
            if self._empty > _MAX_EMPTY:
                raise _Done

    def _keep(self, row: int, column: int, text: str) -> None:
        if not text.strip():
            return
        cells = self.rows.setdefault(row, [])
        if len(self.rows) > MAX_ROWS:
            raise Refusal("too_long", f"The sheet holds more than {MAX_ROWS:,} rows. Split it into smaller files.")
        cells.extend([""] * (column - len(cells)))
        cells[column - 1] = text[:MAX_CELL]

    def _value(self, raw: str) -> str:
        if self._kind == "s":
            return self._texts[int(raw)] if int(raw) < len(self._texts) else ""
        if self._kind == "n":
            return self._number(raw)
        return raw

    def _number(self, raw: str) -> str:
        value = float(raw)
        if self._style in self._dates and _DAYS[0] <= value < _DAYS[1]:
            return (self._first_day + timedelta(days=int(value))).isoformat()
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"

    def fill_merged(self) -> None:
        """Give every row under a merged cell its value: one name beside several lines is meant for all of them."""
        for reference in self._merged:
            first, _, last = reference.partition(":")
            start, stop = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last)
            if not start or not stop or start[1] != stop[1] or _column(start[1]) > MAX_COLUMNS:
                continue
            column, top, bottom = _column(start[1]), int(start[2]), int(stop[2])
            cells = self.rows.get(top, [])
            value = cells[column - 1] if len(cells) >= column else ""
            for row in [number for number in self.rows if top < number <= bottom]:
                self._keep(row, column, value)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
