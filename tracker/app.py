"""The one place where the parts meet: settings in, a Flask app out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from tracker.api import document
from tracker.config import Settings, resource_dir
from tracker.db import SessionMaker
from tracker.jobs.engine import progress_of
from tracker.keys import open_sessions
from tracker.web import (
    account,
    activity,
    api_tokens,
    appeals,
    asking,
    audit,
    audited,
    auth,
    backlog,
    chart_notes,
    check,
    claims,
    comparing,
    cookies,
    denial_clock,
    denials,
    digest,
    document_notes,
    emergency,
    errors,
    fee_schedules,
    feedback,
    filters,
    guides,
    headers,
    health,
    imports,
    insights,
    jobs,
    keys,
    letter_batches,
    letter_texts,
    letterhead,
    letters,
    links,
    lists,
    log,
    merging,
    navigation,
    notes,
    once,
    own_numbers,
    packet,
    packets,
    papers,
    patients,
    payer_limits,
    payer_merging,
    payers,
    practice_data,
    practice_deleting,
    practice_requests,
    practice_taking,
    protected_notes,
    quarantine,
    queue,
    read_only,
    records_requests,
    reports,
    request,
    request_log,
    rules,
    saved_views,
    settings,
    signatures,
    signing,
    start,
    step_up,
    submitted_claims,
    takebacks,
    template_versions,
    templates,
    thresholds,
    users,
)
from tracker.web.budget import Budget, hourly

_SUBJECTS = (
    auth,
    step_up,
    links,
    account,
    api_tokens,
    users,
    queue,
    saved_views,
    digest,
    document_notes,
    log,
    denials,
    denial_clock,
    papers,
    records_requests,
    asking,
    comparing,
    claims,
    patients,
    merging,
    thresholds,
    payer_limits,
    fee_schedules,
    payer_merging,
    payers,
    notes,
    protected_notes,
    letters,
    letter_texts,
    letter_batches,
    packet,
    packets,
    appeals,
    takebacks,
    quarantine,
    backlog,
    imports,
    insights,
    chart_notes,
    submitted_claims,
    reports,
    feedback,
    lists,
    jobs,
    activity,
    audit,
    rules,
    templates,
    template_versions,
    check,
    settings,
    practice_data,
    practice_deleting,
    practice_requests,
    practice_taking,
    own_numbers,
    emergency,
    keys,
    letterhead,
    signing,
    signatures,
    start,
    guides,
    health,
)


def utc_now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)


def create_app(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Flask:
    """Return the app for these settings; ``clock`` gives the time of each request."""
    app = assemble()
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own way
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0, x_port=0, x_prefix=0
        )
    furnish(app, settings, open_sessions(settings), clock)
    if settings.oidc_issuer:
        from tracker.web import oidc

        oidc.init_app(app, settings)
    return app


def assemble() -> Flask:
    """Return the app's pages and programs without settings, a database and a time: ``furnish`` brings those."""
    app = errors.Tracker("tracker", static_folder="web/static", template_folder=str(resource_dir("templates")))
    app.config.update(
        MAX_FORM_MEMORY_SIZE=4_000_000,
        MAX_FORM_PARTS=12_000,
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions["tracker_progress"] = progress_of
    for part in (
        request_log,
        audited,
        request,
        cookies,  # its CSRF check reads the body, so it stands behind who may send one
        step_up,
        headers,
        read_only,
        emergency,
        errors,
        filters,
        once,
        navigation,
        guides,
    ):
        part.init_app(app)
    app.before_request(request.refuse_unwritable_form)
    for subject in _SUBJECTS:
        app.register_blueprint(subject.blueprint)
    document.init_app(app)
    return app


def furnish(app: Flask, settings: Settings, sessions: SessionMaker, clock: Callable[[], datetime]) -> None:
    """Give an assembled app what it works with: its settings, the sessions of the database they name, and the time."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SETTINGS=settings,
        MAX_CONTENT_LENGTH=settings.max_import_mb * 1_100_000,
    )
    app.extensions["tracker_sessions"] = sessions
    app.extensions["tracker_clock"] = clock
    app.extensions["tracker_budget"] = Budget(timedelta(minutes=1))
    app.extensions["tracker_people_budget"] = hourly()
