"""Letters whose text a practice wrote: saved, copied, taken back. A signed letter keeps the text it was made of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.letters.catalog import LetterTemplate, templates
from tracker.letters.own_template import faults_of, own_template, shipped_text
from tracker.letters.own_text import OwnText
from tracker.models import Event, Letter, OwnTemplate, Practice, TemplateEdition


class TemplateConflict(Exception):  # noqa: N818  # a conflict of two people, not a fault
    """Raised when somebody else saved the template after the form was opened."""


class Change(NamedTuple):
    """Who changes a template of which practice, when. ``seen`` is the version of the row they saw, 0 for none."""

    practice_id: int
    template_id: str
    seen: int
    now: datetime
    user_id: int


# ---- reading ----


def letters_of(session: Session, practice_id: int) -> Mapping[str, LetterTemplate]:
    """Return a practice's letters by id: the shipped ones, those with its own text in their place, its own last."""
    return dict(templates()) | {template.id: template for template in _own(session, practice_id)}


def _own(session: Session, practice_id: int) -> Iterator[LetterTemplate]:
    query = (
        select(OwnTemplate, TemplateEdition)
        .join(
            TemplateEdition,
            (TemplateEdition.practice_id == OwnTemplate.practice_id)
            & (TemplateEdition.own_template_id == OwnTemplate.id)
            & (TemplateEdition.number == OwnTemplate.edition),
        )
        .where(OwnTemplate.practice_id == practice_id, OwnTemplate.based_on.in_(templates()))
    )
    for row, edition in session.execute(query.order_by(OwnTemplate.template)):
        yield _as_template(row, edition)


def _as_template(row: OwnTemplate, edition: TemplateEdition) -> LetterTemplate:
    template = own_template(text_of(row, edition))
    return replace(template, id=row.template, title=row.title or template.title, offered=row.is_offered)


def text_of(row: OwnTemplate, edition: TemplateEdition) -> OwnText:
    """Return the text of an edition."""
    return OwnText(row.based_on, edition.body, edition.paragraphs)


def template_of(session: Session, letter: Letter) -> LetterTemplate:
    """Return what a letter is made of: a draft of the text as it stands now, a signed letter of the text it was signed with."""
    if letter.signed_at is None:
        return letters_of(session, letter.practice_id)[letter.template]
    query = (
        select(OwnTemplate, TemplateEdition)
        .join(
            TemplateEdition,
            (TemplateEdition.practice_id == OwnTemplate.practice_id)
            & (TemplateEdition.own_template_id == OwnTemplate.id),
        )
        .where(
            OwnTemplate.practice_id == letter.practice_id,
            OwnTemplate.template == letter.template,
            TemplateEdition.hash == letter.template_hash,
        )
    )
    found = session.execute(query.limit(1)).first()
    return _as_template(*found) if found else templates()[letter.template]


def own_row(session: Session, practice_id: int, template_id: str) -> OwnTemplate | None:
    """Return the row of a letter that a practice wrote, or None while the shipped text was never changed."""
    query = select(OwnTemplate).where(OwnTemplate.practice_id == practice_id, OwnTemplate.template == template_id)
    found: OwnTemplate | None = session.scalar(query)
    return found


def editions_of(session: Session, row: OwnTemplate) -> Sequence[TemplateEdition]:
    """Return every text of a template, newest first."""
    query = select(TemplateEdition).where(
        TemplateEdition.practice_id == row.practice_id, TemplateEdition.own_template_id == row.id
    )
    return session.scalars(query.order_by(TemplateEdition.number.desc())).all()


def current_text(session: Session, practice_id: int, template_id: str) -> OwnText:
    """Return the text in use, the practice's or the shipped one. Raises KeyError for a letter nobody knows."""
    template = letters_of(session, practice_id)[template_id]
    return template.own or shipped_text(template.id)


def unsafe_templates(session: Session, practice_id: int) -> list[str]:
    """Return the ids of letters with a text that could not be saved here: for texts that came in from elsewhere."""
    query = (
        select(OwnTemplate, TemplateEdition)
        .join(
            TemplateEdition,
            (TemplateEdition.practice_id == OwnTemplate.practice_id)
            & (TemplateEdition.own_template_id == OwnTemplate.id),
        )
        .where(OwnTemplate.practice_id == practice_id)
    )
    return [
        row.template
        for row, edition in session.execute(query)
        if row.based_on not in templates() or faults_of(text_of(row, edition))
    ]


# ---- changing ----


def save_text(session: Session, change: Change, text: OwnText) -> OwnTemplate | None:
    """Keep a text that was checked as the one in use; None when it says what is in use already.

    Raises TemplateConflict when somebody saved another one meanwhile.
    """
    row = _claimed(session, change)
    if text == current_text(session, change.practice_id, change.template_id):
        return None
    if row is None:
        row = OwnTemplate(
            practice_id=change.practice_id, template=change.template_id, based_on=text.based_on, edition=0
        )
    _keep(session, row, text, change)
    _log(session, row, "template_saved", change, {"edition": row.edition})
    return row


def copy_template(session: Session, change: Change, title: str) -> OwnTemplate:
    """Return a letter of the practice's own that starts with the text in use of another."""
    text = current_text(session, change.practice_id, change.template_id)
    practice = session.get_one(Practice, change.practice_id, with_for_update=True)
    copies = select(func.count()).where(OwnTemplate.practice_id == practice.id, OwnTemplate.title != "")
    number = (session.scalar(copies) or 0) + 1
    row = OwnTemplate(
        practice_id=practice.id, template=f"P{number:02}", based_on=text.based_on, title=title, edition=0
    )  # fmt: skip
    _keep(session, row, text, change)
    _log(session, row, "template_copied", change, {"from": change.template_id, "to": row.template})
    return row


def restore_edition(session: Session, change: Change, number: int) -> OwnTemplate:
    """Make an earlier text the one in use again, as a new edition.

    Raises LookupError when there is no such edition, TemplateConflict when somebody saved another text meanwhile.
    """
    row = _claimed(session, change)
    found = next((one for one in editions_of(session, row) if one.number == number), None) if row else None
    if row is None or found is None:
        raise LookupError(number)
    _keep(session, row, text_of(row, found), change)
    _log(session, row, "template_restored", change, {"edition": row.edition, "text_of": number})
    return row


def restore_shipped(session: Session, change: Change) -> OwnTemplate:
    """Use the shipped text again; a letter of the practice's own gets it as a new edition.

    Raises LookupError when the text was never changed, TemplateConflict when somebody saved another one meanwhile.
    """
    row = _claimed(session, change)
    if row is None:
        raise LookupError(change.template_id)
    if row.title:
        _keep(session, row, shipped_text(row.based_on), change)
    else:
        row.edition, row.changed_at, row.changed_by_id = 0, change.now, change.user_id
    _log(session, row, "template_restored", change, {"edition": row.edition, "text_of": 0})
    return row


def offer(session: Session, change: Change, *, offered: bool) -> OwnTemplate:
    """Offer a letter of the practice's own for new letters, or no longer. Raises as ``restore_shipped``."""
    row = _claimed(session, change)
    if row is None or not row.title:
        raise LookupError(change.template_id)
    row.is_offered, row.changed_at, row.changed_by_id = offered, change.now, change.user_id
    _log(session, row, "template_offered", change, {"offered": offered})
    return row


def _claimed(session: Session, change: Change) -> OwnTemplate | None:
    """Return the row to change, with the practice locked so that two first saves do not meet."""
    session.get_one(Practice, change.practice_id, with_for_update=True)
    row = own_row(session, change.practice_id, change.template_id)
    if (row.version if row else 0) != change.seen:
        raise TemplateConflict
    return row


def _keep(session: Session, row: OwnTemplate, text: OwnText, change: Change) -> None:
    row.changed_at, row.changed_by_id = change.now, change.user_id
    session.add(row)
    session.flush()
    newest = select(func.max(TemplateEdition.number)).where(
        TemplateEdition.practice_id == row.practice_id, TemplateEdition.own_template_id == row.id
    )
    row.edition = (session.scalar(newest) or 0) + 1
    session.add(
        TemplateEdition(
            practice_id=row.practice_id, own_template_id=row.id, number=row.edition, body=text.body,
            paragraphs=dict(text.paragraphs), hash=text.hash, saved_at=change.now, saved_by_id=change.user_id,
        )
    )  # fmt: skip


def _log(session: Session, row: OwnTemplate, kind: str, change: Change, details: dict[str, Any]) -> None:
    session.add(
        Event(
            practice_id=row.practice_id, at=change.now, user_id=change.user_id, kind=kind, subject_kind="template",
            subject_id=row.id, details={"template": row.template, **details},
        )
    )  # fmt: skip
    session.flush()
