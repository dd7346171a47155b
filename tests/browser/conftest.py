"""Fixtures for tests in a real browser: a served app, and pages that watch for errors and foreign requests."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from sqlalchemy import Engine
from waitress.server import create_server

from tests import build
from tests.databases import SqliteTemplate
from tracker.config import Settings
from tracker.db import SessionMaker

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

    from tracker.models import User

# What keeps a headless Chromium quiet and able to run as root in a container.
_CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def engine(sqlite_template: SqliteTemplate) -> Iterator[Engine]:
    """One kind of database is enough for what a browser shows."""
    with sqlite_template.lend() as engine:
        yield engine


@pytest.fixture
def live_server(app: "Flask", working: None) -> Iterator[str]:
    """The app served, with a worker of long jobs; gives the address without a slash."""
    with serving(app) as address:
        yield address


@contextmanager
def serving(app: "Flask") -> Iterator[str]:
    """Serve an app with waitress on a free port; gives the address without a slash."""
    server = create_server(app, host="127.0.0.1", port=0, threads=4, ident=None)
    thread = threading.Thread(target=server.run, name="live server")
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
    thread.join(10)
    server.task_dispatcher.shutdown()


@pytest.fixture
def working(sessions: SessionMaker, settings: Settings, clock: Callable[[], datetime]) -> Iterator[None]:
    """Do the long jobs as the worker of `tracker run` does, but at the time of the test's clock."""
    from tracker.jobs.engine import Worker
    from tracker.jobs.tasks import TASKS

    worker = Worker(sessions, settings, TASKS)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            if not worker.work_once(clock()):
                stop.wait(0.1)

    thread = threading.Thread(target=work, name="worker")
    thread.start()
    yield
    stop.set()
    thread.join(30)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One Chromium for all tests: CHROMIUM names it, else the distribution's is taken. Its absence is a failure."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)

    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail(
            "Chromium is not installed. `./dev test` installs it on Debian; elsewhere install it, or name it with "
            'CHROMIUM=/path/to/chromium. To leave these tests out: ./dev test -m "not browser"',
            pytrace=False,
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_CHROMIUM_FLAGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """What a page said or asked that it should not have."""

    allowed: str
    seen: list[str] = field(default_factory=list)

    def follow(self, context: "BrowserContext") -> None:
        context.on("console", lambda line: self._note(self._is_error(line), f"console: {line.text} ({line.location})"))
        context.on("weberror", lambda error: self._note(True, f"script error: {error.error}"))
        context.on("request", lambda ask: self._note(not self._own(ask.url), f"asked another host: {ask.url}"))

    def _is_error(self, line: "ConsoleMessage") -> bool:
        # A form that is shown again with its errors answers 422, which Chromium writes down.
        return line.type == "error" and "a status of 422" not in line.text

    def _own(self, url: str) -> bool:
        return url.startswith((self.allowed, "data:", "blob:", "about:"))

    def _note(self, wrong: bool, what: str) -> None:
        if wrong:
            self.seen.append(what)


@pytest.fixture
def open_page(browser: "Browser", live_server: str) -> Iterator[Callable[..., "Page"]]:
    """Give a function that opens a page in a context of its own; options are Playwright's new_context options.

    At the end of the test no page may have written an error to its console or asked another host.
    ``allow_errors=True`` for a test that provokes one.
    """
    contexts: list[tuple[BrowserContext, Watch | None]] = []

    def open_one(*, allow_errors: bool = False, **options: Any) -> "Page":
        defaults = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", "locale": "en-US"}
        context = browser.new_context(base_url=live_server, **defaults | options)
        context.set_default_timeout(30_000)
        watch = Watch(live_server)
        watch.follow(context)
        contexts.append((context, None if allow_errors else watch))
        return context.new_page()

    yield open_one
    for context, _ in contexts:
        context.close()
    said = [said for _, watch in contexts if watch for said in watch.seen]
    assert not said, "\n".join(said)


@pytest.fixture
def page(open_page: Callable[..., "Page"]) -> "Page":
    """A page in light colors."""
    return open_page(color_scheme="light")


@pytest.fixture
def dark_page(open_page: Callable[..., "Page"]) -> "Page":
    """A page for someone whose system is dark."""
    return open_page(color_scheme="dark")


@pytest.fixture
def plain_page(open_page: Callable[..., "Page"]) -> "Page":
    """A page with JavaScript off."""
    return open_page(java_script_enabled=False)


@pytest.fixture
def phone_page(open_page: Callable[..., "Page"]) -> "Page":
    """A page 390 pixels wide."""
    return open_page(viewport={"width": 390, "height": 844})


@pytest.fixture
def sign_in() -> Callable[["Page", "User"], None]:
    """Give a function that signs a person in on a page, through the form."""

    def fill_the_form(page: "Page", user: "User") -> None:
        page.goto("/login")
        page.fill("input[name=login]", user.login)
        page.fill("input[name=password]", build.PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/login" not in url)

    return fill_the_form


@pytest.fixture
def check_axe() -> Callable[..., None]:
    """Give a function that fails, with axe's report, when a page breaks WCAG 2.2 AA or a best practice.

    With a heading it first waits until the page of that heading is there: a click on a link returns before the
    next page has come, and axe would look at the last one, or lose it under its hands.
    """

    def check(page: "Page", heading: str | None = None) -> None:
        from playwright.sync_api import expect

        if heading is not None:
            expect(page.get_by_role("heading", name=heading, exact=True, level=1)).to_be_visible()
            page.wait_for_load_state()
        results = Axe().run(page, options={"resultTypes": ["violations"]})
        assert results.violations_count == 0, results.generate_report()

    return check
