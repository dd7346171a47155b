"""Serving the app: waitress in this process, with the worker of long work beside it."""

import click
from waitress.server import create_server

from tracker.app import create_app
from tracker.config import Settings
from tracker.db import SessionMaker
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS, chores


def serve(settings: Settings) -> None:
    """Serve until interrupted; prints the address."""
    app = create_app(settings)
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
    worker = Worker(sessions, settings, TASKS, chores(settings))
    if settings.jobs:
        worker.start()
    click.echo(f"The tracker is at http://{settings.host}:{settings.port}/ (stop with Ctrl+C)")
    try:
        server.run()
    finally:
        worker.stop()
        server.close()
