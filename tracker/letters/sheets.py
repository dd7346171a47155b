"""Sheets that follow a form field by field, filled from a letter's facts; what is not known stays a ruled line."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from tracker.config import resource_dir
from tracker.letters.catalog import SHARED
from tracker.letters.context import context
from tracker.letters.environment import holds, letter_template, write, write_text
from tracker.letters.facts import LetterFacts
from tracker.letters.gaps import Collector, FactWords, Missing
from tracker.letters.kept import made_pdf
from tracker.letters.problems import TemplateProblem

FOLDER = "sheets"
_WORDS: Mapping[str, FactWords] = {}


@dataclass(frozen=True, slots=True)
class SheetOption:
    """One box of a choice: ticked while ``when``, a condition over the facts, holds."""

    label: str
    when: str


@dataclass(frozen=True, slots=True)
class SheetField:
    """A field of the form: ``value`` is a template over the facts, empty for one to be filled in by hand."""

    label: str
    value: str = ""
    tall: bool = False
    options: tuple[SheetOption, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetSection:
    """A part of the form; ``note`` is a statement that the signature below it makes."""

    title: str
    fields: tuple[SheetField, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form's fields. Empty ``payer_kinds`` and ``levels`` mean all.

    ``not_verified`` says what about the form itself was not seen; ``enclose`` says that it can go into the packet as it is; the others are printed and signed first.
    """

    id: str
    title: str
    about: str
    payer_kinds: tuple[str, ...]
    levels: tuple[int, ...]
    enclose: bool
    sources: tuple[str, ...]
    sections: tuple[SheetSection, ...]
    not_verified: str = ""

    @property
    def source(self) -> str:
        """How an enclosure names the sheet."""
        return f"sheet:{self.id}"

    def fits(self, payer_kind: str, level: int) -> bool:
        """Whether the form is one of this kind of payer and level."""
        return (not self.payer_kinds or payer_kind in self.payer_kinds) and (not self.levels or level in self.levels)


@cache
def sheets() -> Mapping[str, Sheet]:
    """Return the sheets by id. Raises TemplateProblem when a file cannot be read."""
    paths = sorted((resource_dir("letter_templates") / FOLDER).glob("*.toml"))
    found = [read_sheet(path.read_text("utf-8"), path.name) for path in paths]
    return MappingProxyType({sheet.id: sheet for sheet in found})


def read_sheet(text: str, name: str) -> Sheet:
    """Return a sheet from its TOML. Raises TemplateProblem naming the file when it is malformed."""
    try:
        entry = tomllib.loads(text)
        return Sheet(
            id=entry["id"],
            title=entry["title"],
            about=entry["about"],
            payer_kinds=tuple(entry["payer_kinds"]),
            levels=tuple(entry.get("levels", [])),
            enclose=entry["enclose"],
            sources=tuple(entry["sources"]),
            sections=tuple(_section(each) for each in entry["sections"]),
            not_verified=entry.get("not_verified", ""),
        )
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as error:
        raise TemplateProblem(f"{FOLDER}/{name}: {error}") from error


def _section(entry: Mapping[str, Any]) -> SheetSection:
    return SheetSection(entry["title"], tuple(_field(each) for each in entry["fields"]), entry.get("note", ""))


def _field(entry: Mapping[str, Any]) -> SheetField:
    options = tuple(SheetOption(**each) for each in entry.get("options", []))
    return SheetField(**{**entry, "options": options})


def sheets_for(payer_kind: str, level: int) -> list[Sheet]:
    """Return the sheets of a kind of payer and a level of appeal."""
    return [sheet for sheet in sheets().values() if sheet.fits(payer_kind, level)]


def sheet_html(sheet: Sheet, facts: LetterFacts, packet_pages: int | None = None) -> str:
    """Return a sheet filled from the facts; a field that needs a fact nobody knows is left empty.

    ``packet_pages`` are the pages of the finished packet that the sheet goes with, None while there is none.
    """
    collector = Collector(_WORDS)
    values = {
        **context(facts, "", collector),
        "pages_with_this": packet_pages + 1 if packet_pages else Missing("pages_with_this", collector),
    }
    sections = [
        {"title": each.title, "note": each.note, "fields": [_filled(one, values, collector) for one in each.fields]}
        for each in sheet.sections
    ]
    page = (resource_dir("letter_templates") / SHARED / "sheet.html").read_text("utf-8")
    return write(
        letter_template("", page),
        {
            "title": sheet.title,
            "practice": values["practice"],
            "sections": sections,
            "not_verified": sheet.not_verified,
        },
    )


def _filled(field: SheetField, values: Mapping[str, Any], collector: Collector) -> dict[str, Any]:
    collector.gaps.clear()
    text = write_text(field.value, values)
    options = [{"label": option.label, "chosen": holds(option.when, values)} for option in field.options]
    return {"label": field.label, "tall": field.tall, "options": options, "value": "" if collector.gaps else text}


def make_sheet(sheet: Sheet, facts: LetterFacts, packet_pages: int | None = None) -> bytes:
    """Return a filled sheet as a PDF. Raises what ``make_pdf`` raises."""
    return made_pdf(sheet_html(sheet, facts, packet_pages))
