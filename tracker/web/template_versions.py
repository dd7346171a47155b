"""The texts a letter template had: looked at, compared, taken back; a letter of one's own offered or not."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for

from tracker.db import transaction
from tracker.domain.access import Action
from tracker.letters.own_template import shipped_of, shipped_text
from tracker.letters.own_text import OwnText
from tracker.models import OwnTemplate, Practice
from tracker.reports.templates_page import compared, edition_rows
from tracker.services.own_templates import (
    TemplateConflict,
    editions_of,
    offer,
    own_row,
    restore_edition,
    restore_shipped,
    text_of,
)
from tracker.web.access import allows, needs
from tracker.web.forms.version import VersionForm
from tracker.web.navigation import say
from tracker.web.other_version import other_version
from tracker.web.templates import change_of, find_practice, find_template

blueprint = Blueprint("template_versions", __name__, url_prefix="/templates")


@blueprint.get("/<practice_id>/<template_id>/versions")
@needs(Action.WORK_QUEUE)
def show(practice_id: str, template_id: str) -> str:
    """List every text a letter had, newest first."""
    practice, row = _own(practice_id, template_id)
    template = find_template(practice, template_id)
    return render_template(
        "templates/versions.html",
        practice=practice,
        template=template,
        own=row,
        rows=edition_rows(g.session, row, template),
        can_change=allows(Action.TEMPLATES, practice.id),
    )


def _own(practice_id: str, template_id: str) -> tuple[Practice, OwnTemplate]:
    practice = find_practice(practice_id)
    row = own_row(g.session, practice.id, template_id)
    return (practice, row) if row is not None else abort(404)


@blueprint.get("/<practice_id>/<template_id>/compare")
@needs(Action.WORK_QUEUE)
def compare(practice_id: str, template_id: str) -> str:
    """Show what differs between two texts of a letter: the shipped one (0) and the one in use, or those asked for."""
    practice, row = _own(practice_id, template_id)
    template = find_template(practice, template_id)
    texts = {0: shipped_text(shipped_of(template).id)}
    texts |= {one.number: text_of(row, one) for one in editions_of(g.session, row)}
    first, second = _asked("from", 0, texts), _asked("to", row.edition, texts)
    return render_template(
        "templates/compare.html",
        practice=practice,
        template=template,
        numbers=sorted(texts),
        first=first,
        second=second,
        parts=compared(texts[first], texts[second], template),
    )


def _asked(name: str, usual: int, texts: dict[int, OwnText]) -> int:
    asked = request.args.get(name, str(usual))
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else -1
    return number if number in texts else abort(404)


@blueprint.post("/<practice_id>/<template_id>/restore")
@needs(Action.TEMPLATES, fresh=True)
def restore(practice_id: str, template_id: str) -> Any:
    """Use an earlier text again, or the shipped one (0)."""
    practice, number = find_practice(practice_id), _number("edition")
    change = change_of(practice, template_id, _number("version"))
    try:
        with transaction(g.session) as session:
            row = restore_edition(session, change, number) if number else restore_shipped(session, change)
            edition = row.edition
    except LookupError:
        abort(404)
    except TemplateConflict:
        return _other(practice, template_id)
    said = f"Version {edition} says what version {number} said." if number else "The shipped text is used again."
    say(f"{said} The text it replaces is kept.")
    return redirect(url_for("templates.show", practice_id=practice_id, template_id=template_id), 303)


def _other(practice: Practice, template_id: str) -> Any:
    """Answer a button of a page that was opened before somebody else saved the letter."""
    row = own_row(g.session, practice.id, template_id)
    now = VersionForm(formdata=None, version=str(row.version if row else 0))
    back = url_for("templates.show", practice_id=practice.public_id, template_id=template_id)
    return other_version(VersionForm(), now, row, back)


def _number(name: str) -> int:
    sent = request.form.get(name, "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else abort(400)


@blueprint.post("/<practice_id>/<template_id>/offer")
@needs(Action.TEMPLATES, fresh=True)
def offered(practice_id: str, template_id: str) -> Any:
    """Offer a letter of the practice's own for new letters, or no longer."""
    practice = find_practice(practice_id)
    on = {"on": True, "off": False}.get(request.form.get("state", ""))
    if on is None:
        abort(400)
    change = change_of(practice, template_id, _number("version"))
    try:
        with transaction(g.session) as session:
            offer(session, change, offered=on)
    except LookupError:
        abort(404)
    except TemplateConflict:
        return _other(practice, template_id)
    say("It is offered for new letters." if on else "It is no longer offered. Letters made of it keep it.")
    return redirect(url_for("templates.show", practice_id=practice_id, template_id=template_id), 303)
