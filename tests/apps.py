"""The app for tests: its pages are assembled and its templates compiled once, its settings are each test's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from flask import Flask

from tests.databases import kept_engine
from tracker.app import assemble, create_app, furnish
from tracker.config import Settings
from tracker.db import SessionMaker
from tracker.keys import open_master


@contextmanager
def app_with(settings: Settings, clock: Callable[[], datetime], *, own: bool = False) -> Iterator[Flask]:
    """Give the app that ``create_app`` makes: a new one (``own``, or made in another way by its settings), or the shared."""
    if own or settings.proxies or settings.oidc_issuer:
        app = create_app(settings, clock)
        yield app
        app.extensions["tracker_sessions"].engine.dispose()
        return
    app, config, extensions = _assembled()
    app.config.clear()
    app.config.update(config)
    app.extensions.clear()
    app.extensions.update(extensions)
    with kept_engine(settings.database_url, open_master(settings), "app") as engine:
        furnish(app, settings, SessionMaker(engine), clock)
        yield app


@cache
def _assembled() -> tuple[Flask, dict[str, Any], dict[str, Any]]:
    app = assemble()
    return app, dict(app.config), dict(app.extensions)
