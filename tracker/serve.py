"""Serving the app: waitress in this process, with the worker of long work beside it."""

import signal

import click
from waitress.server import create_server

from tracker import metrics
from tracker.app import create_app
from tracker.config import Settings, SettingsError
from tracker.db import SessionMaker
from tracker.garbage import collect_less_often, paused
from tracker.jobs.engine import Worker, waiting_jobs
from tracker.jobs.tasks import TASKS, chores, watch
from tracker.keys import open_sessions
from tracker.knowledge import load

_FIRST_PAGES_SECONDS = 2  # who starts the tracker waits for a page; the day's backup and chores do not hurry


def work(settings: Settings) -> None:
    """Do the long work alone, until interrupted or told to stop: for hosts where the app runs without jobs."""
    sessions = open_sessions(settings)
    load()
    collect_less_often()
    _serve_figures(settings, sessions)
    worker = Worker(sessions, settings, TASKS, chores(settings), watch(settings))
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    click.echo("The worker is running (stop with Ctrl+C)")
    try:
        worker.run()
    except KeyboardInterrupt:
        worker.stop()


def _serve_figures(settings: Settings, sessions: SessionMaker) -> None:
    if settings.metrics_port:
        try:
            metrics.start(settings.metrics_port, lambda: waiting_jobs(sessions))
        except SettingsError as error:
            raise click.ClickException(str(error)) from None


def serve(settings: Settings) -> None:
    """Serve until interrupted; prints the address."""
    with paused():
        app = create_app(settings)
        load()
    collect_less_often()
    sessions: SessionMaker = app.extensions["tracker_sessions"]
    try:
        server = create_server(
            app,
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            max_request_body_size=settings.max_import_mb * 1_100_000,
            ident=None,
        )
    except OSError as error:
        why = f"Cannot serve on {settings.host}, port {settings.port}: {error.strerror}. Choose another with --port."
        raise click.ClickException(why) from None
    _serve_figures(settings, sessions)
    worker = Worker(sessions, settings, TASKS, chores(settings), watch(settings), begins_after=_FIRST_PAGES_SECONDS)
    if settings.jobs:
        worker.start()
    click.echo(f"The tracker is at {settings.site_url.rstrip('/')}/ (stop with Ctrl+C)")
    try:
        server.run()
    finally:
        worker.stop()
        server.close()
