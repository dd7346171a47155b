"""The one place where the parts meet: settings in, a Flask app out."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask

from tracker.config import Settings, resource_dir
from tracker.db import SessionMaker, make_engine
from tracker.jobs.engine import progress_of
from tracker.web import (
    activity,
    appeals,
    asking,
    auth,
    check,
    claims,
    comparing,
    cookies,
    denials,
    digest,
    errors,
    filters,
    headers,
    health,
    imports,
    insights,
    jobs,
    letter_batches,
    letter_texts,
    letters,
    log,
    navigation,
    notes,
    packet,
    packets,
    patients,
    payer_limits,
    payers,
    queue,
    request,
    rules,
    settings,
    takebacks,
    thresholds,
)

_SUBJECTS = (
    auth,
    queue,
    digest,
    log,
    denials,
    asking,
    comparing,
    claims,
    patients,
    thresholds,
    payer_limits,
    payers,
    notes,
    letters,
    letter_texts,
    letter_batches,
    packet,
    packets,
    appeals,
    takebacks,
    imports,
    insights,
    jobs,
    activity,
    rules,
    check,
    settings,
    health,
)


def utc_now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)


def create_app(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Flask:
    """Return the app for these settings; ``clock`` gives the time of each request."""
    app = errors.Tracker("tracker", static_folder="web/static", template_folder=str(resource_dir("templates")))
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=settings.max_import_mb * 1_100_000,
        MAX_FORM_MEMORY_SIZE=4_000_000,
        MAX_FORM_PARTS=12_000,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions["tracker_sessions"] = SessionMaker(make_engine(settings.database_url))
    app.extensions["tracker_clock"] = clock
    app.extensions["tracker_progress"] = progress_of
    for part in (cookies, request, headers, errors, filters, navigation):
        part.init_app(app)
    for subject in _SUBJECTS:
        app.register_blueprint(subject.blueprint)
    return app
