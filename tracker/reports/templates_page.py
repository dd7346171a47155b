"""The letters of a practice, for its pages of templates: what each answers, whose text it has, how often it was used."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import SequenceMatcher
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.knowledge import load
from tracker.letters.catalog import LetterTemplate
from tracker.letters.own_template import BODY, shipped_of, shipped_text
from tracker.letters.own_text import OwnText
from tracker.models import Letter, OwnTemplate
from tracker.reports.people import user_names
from tracker.services.next_level import LETTERS_OF_LEVELS
from tracker.services.own_templates import editions_of, letters_of, text_of


class TemplateRow(NamedTuple):
    """A letter in the list. ``by`` and ``at`` say who changed it last, empty while it is as shipped."""

    template: LetterTemplate
    answers: tuple[str, ...]
    level: str
    edition: int
    by: str
    at: datetime | None
    letters: int


def template_rows(session: Session, practice_id: int) -> list[TemplateRow]:
    """Return every letter of a practice, the shipped ones first."""
    query = select(OwnTemplate).where(OwnTemplate.practice_id == practice_id)
    own = {row.template: row for row in session.scalars(query)}
    names = user_names(session, (row.changed_by_id for row in own.values()))
    counted = select(Letter.template, func.count()).where(Letter.practice_id == practice_id).group_by(Letter.template)
    used: Mapping[str, int] = dict(session.execute(counted).all())
    return [
        _row(template, own.get(template.id), names, used.get(template.id, 0))
        for template in letters_of(session, practice_id).values()
    ]


def _row(template: LetterTemplate, own: OwnTemplate | None, names: Mapping[int, str], used: int) -> TemplateRow:
    return TemplateRow(
        template,
        tuple(dict.fromkeys(trigger.why for trigger in template.triggers)),
        level_words(template),
        own.edition if own else 0,
        names.get(own.changed_by_id, "") if own else "",
        own.changed_at if own else None,
        used,
    )


def level_words(template: LetterTemplate) -> str:
    """Return at which level of appeal a letter is taken: ``Level 2, Original Medicare Part B``, or ``Any``."""
    based_on = shipped_of(template).id
    found = [(kind, level) for (kind, level), letter in LETTERS_OF_LEVELS.items() if letter == based_on]
    return "; ".join(f"Level {level}, {load().payer_defaults(kind).title}" for kind, level in found) or "Any"


class EditionRow(NamedTuple):
    """One kept text of a letter: who saved it when, what changed against the text before, letters signed with it."""

    number: int
    at: datetime
    by: str
    changed: tuple[str, ...]
    signed: int
    in_use: bool


def edition_rows(session: Session, row: OwnTemplate, template: LetterTemplate) -> list[EditionRow]:
    """Return the kept texts of a letter, newest first; the oldest is compared with the shipped text."""
    editions = editions_of(session, row)
    names = user_names(session, (one.saved_by_id for one in editions))
    counted = (
        select(Letter.template_hash, func.count())
        .where(Letter.practice_id == row.practice_id, Letter.template == row.template, Letter.signed_at.is_not(None))
        .group_by(Letter.template_hash)
    )
    signed: Mapping[str, int] = dict(session.execute(counted).all())
    texts = [*(text_of(row, one) for one in editions), shipped_text(row.based_on)]
    return [
        EditionRow(
            one.number, one.saved_at, names.get(one.saved_by_id, ""), changed_parts(texts[place + 1], text, template),
            signed.get(one.hash, 0), one.number == row.edition,
        )
        for place, (one, text) in enumerate(zip(editions, texts, strict=False))
    ]  # fmt: skip


def part_labels(template: LetterTemplate) -> Mapping[str, str]:
    """Return the name of each part of a text: the body, then the paragraphs."""
    return {BODY: "Body of the letter"} | {one.key: one.label for one in shipped_of(template).paragraphs}


def changed_parts(before: OwnText, after: OwnText, template: LetterTemplate) -> tuple[str, ...]:
    """Return the names of the parts in which two texts differ."""
    return tuple(
        label for part, label in part_labels(template).items() if part_of(before, part) != part_of(after, part)
    )


def part_of(text: OwnText, part: str) -> str:
    """Return one part of a text."""
    return text.body if part == BODY else text.paragraphs.get(part, "")


class DiffLine(NamedTuple):
    """A line of a comparison. ``kind`` is same, out (only in the first text), in (only in the second) or gap."""

    kind: str
    text: str


class DiffPart(NamedTuple):
    """What differs in one part of two texts."""

    label: str
    lines: tuple[DiffLine, ...]


_AROUND = 2  # lines shown around a difference


def compared(before: OwnText, after: OwnText, template: LetterTemplate) -> list[DiffPart]:
    """Return the parts in which two texts differ, line by line, with a few equal lines around."""
    found = []
    for part, label in part_labels(template).items():
        old, new = part_of(before, part).splitlines(), part_of(after, part).splitlines()
        if old != new:
            found.append(DiffPart(label, tuple(_lines(old, new))))
    return found


def _lines(old: Sequence[str], new: Sequence[str]) -> list[DiffLine]:
    lines: list[DiffLine] = []
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(_AROUND):
        lines += [DiffLine("gap", "")] if lines else []
        for kind, start, end, new_start, new_end in group:
            if kind == "equal":
                lines += [DiffLine("same", line) for line in old[start:end]]
                continue
            lines += [DiffLine("out", line) for line in old[start:end]]
            lines += [DiffLine("in", line) for line in new[new_start:new_end]]
    return lines
