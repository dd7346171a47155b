"""Forms that do their work once, however often they are sent: each carries a mark that no other form has."""

import hashlib
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, make_response, redirect, request
from markupsafe import Markup
from werkzeug.datastructures import FileStorage

from tracker.db import one_transaction
from tracker.services import done_once
from tracker.services.done_once import DoneAlready, SentForm

_View = TypeVar("_View", bound=Callable[..., Any])

MARK = "once"
# What differs when the same form is sent again: the proof of a step in between.
_NOT_TYPED = frozenset({MARK, "csrf_token", "proof"})


def init_app(app: Flask) -> None:
    """Give the templates ``once()``, the mark of a form."""
    app.jinja_env.globals[MARK] = _mark


def _mark() -> Markup:
    """Return the hidden field; a page that is shown again with what was typed carries a new one."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(MARK, secrets.token_urlsafe(16))


def once(view: _View) -> _View:
    """Declare that a view creates, sends or changes many, below ``needs``: the same form sent again leads where it led."""

    @wraps(view)
    def run(*args: Any, **kwargs: Any) -> Any:
        mark = request.form.get(MARK, "")
        return _run(SentForm(g.user.id, mark, _typed()), view, args, kwargs) if mark else view(*args, **kwargs)

    run.is_once = True  # type: ignore[attr-defined]  # functions hold what is declared about them
    return run  # type: ignore[return-value]  # the same arguments and answers


def is_once(endpoint: str) -> bool:
    """Whether a view declares that it works once for each form."""
    return getattr(current_app.view_functions[endpoint], "is_once", False)


def _run(form: SentForm, view: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    led = done_once.where_it_led(g.session, form)
    if led is not None:
        return redirect(led, 303)
    try:
        with one_transaction(g.session) as session:
            row = done_once.begin(session, form, g.now)
            answer = make_response(view(*args, **kwargs))
            if answer.status_code >= 400:
                session.rollback()
            else:
                done_once.finish(session, row, _address(answer))
    except DoneAlready:
        return redirect(done_once.where_it_led(g.session, form) or request.path, 303)
    return answer


def _address(answer: Response) -> str:
    """Return where the answer leads; an answer that is a page of its own is not shown twice, its list is."""
    return answer.headers.get("Location") or request.path


def _typed() -> list[tuple[str, str]]:
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_TYPED]
    files = [(name, _digest(file)) for name, file in request.files.items(multi=True)]
    return [("", request.full_path), *fields, *files]


def _digest(file: FileStorage) -> str:
    digest = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]  # a file open for reading
    file.stream.seek(0)
    return digest
