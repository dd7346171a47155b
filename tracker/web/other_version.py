"""Somebody else saved first: one page for every form, with what was typed beside what is saved now (security.md C-33).

The page is a form itself, so it needs no JavaScript: its fields hold what the person typed, below each that differs stands
what the other person saved. "Keep mine" sends the form again over the newer version, "Take theirs" leaves it as it is.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from flask import g, redirect, render_template, request
from wtforms import BooleanField, Field, FieldList, FileField, FormField, HiddenField, SelectFieldBase

from tracker.reports.last_change import last_change
from tracker.web.navigation import say

_VERSION = "version"


class Beside(NamedTuple):
    """A field with what was typed; ``theirs`` is what is saved now, in words, None where both are the same."""

    field: Field
    theirs: str | None


def other_version(typed: Any, now: Any, row: object, back: str) -> Any:
    """Answer a form that was made for an older version of ``row``.

    ``typed`` is the form as it was sent, ``now`` the same form filled from what is saved. Where the person's own
    change says the same (a double click) there is nothing to decide, and the answer leads ``back``.
    """
    saved = {field.name: field for field in _fields(now)}
    sent = [_beside(field, saved.get(field.name)) for field in _fields(typed)]
    seen = [each for each in sent if not isinstance(each.field, HiddenField)]
    changed = last_change(g.session, row, g.doing.object_id)
    own = changed is not None and changed.user_id == g.user.id
    if own and seen and all(each.theirs is None for each in seen) and not _files(typed):
        say("This is how it was saved already.")
        return redirect(back, 303)
    page = render_template(
        "errors/other_version.html",
        beside=seen,
        carried=_carried(each.field.name for each in seen) + list(_versions(now)),
        files=_files(typed),
        changed=changed,
        address=request.full_path.rstrip("?"),
        back=back,
    )
    return page, 409


def seen_version(form: Any) -> int | None:
    """Return the version of a row that a form was made for, None when there was no row."""
    sent = str(form[_VERSION].data or "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 18 else None


def _fields(form: Any) -> Iterator[Field]:
    """Yield every field of a form, those of its parts too; the version is not one a person fills in."""
    for field in form:
        if isinstance(field, FormField):
            yield from _fields(field.form)
        elif isinstance(field, FieldList):
            yield from _fields(field)
        elif field.short_name not in {_VERSION, "csrf_token"} and not isinstance(field, FileField):
            yield field


def _files(form: Any) -> list[str]:
    """Return the labels of the files that were sent: a browser does not send them again by itself."""
    files = [field for field in form if isinstance(field, FileField)]
    return [field.label.text for field in files if getattr(field.data, "filename", None)]


def _beside(field: Field, saved: Field | None) -> Beside:
    theirs = _words(saved) if saved is not None else _words(field)
    return Beside(field, theirs if theirs != _words(field) else None)


def _words(field: Field) -> str:
    """Return what a field holds, as people read it."""
    if isinstance(field, BooleanField):
        return "Yes" if field.data else "No"
    if isinstance(field, SelectFieldBase):
        return next((str(choice.label) for choice in field.iter_choices() if choice.selected), "")
    return " ".join(str(field._value() if hasattr(field, "_value") else field.data or "").split())  # noqa: SLF001  # what it shows


def _carried(shown: Iterable[str]) -> list[tuple[str, str]]:
    """Return what else was sent, such as the button's word; the mark of a form is new for a new decision."""
    left_out = {*shown, "csrf_token", "once", "proof", "confirmed"}
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in left_out and not name.endswith(("csrf_token", _VERSION))
    ]


def _versions(form: Any) -> Iterator[tuple[str, str]]:
    """Yield the versions as they are now, of the form and of its parts."""
    for field in form:
        if isinstance(field, FormField):
            yield from _versions(field.form)
        elif field.short_name == _VERSION:
            yield field.name, str(field.data or "")
