"""Every page that links lead to, with the demo's year of claims: accessible, readable at any width, in any colors."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.browser.conftest import serving
from tests.databases import SqliteTemplate, keep_master
from tests.demo.test_load import NOW, PASSWORD, TODAY
from tracker.app import create_app
from tracker.config import Settings
from tracker.db import SessionMaker
from tracker.demo.load import OWNER_LOGIN, load_demo

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser, BrowserContext, Page

_HREF = re.compile(r'href="(/[^"#]*)')
_AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
_COVERED = """() => {
    const wrong = [];
    for (const one of document.querySelectorAll("a, button, select, textarea, input:not([type=hidden])")) {
        if (!one.checkVisibility() || one.closest(".vh") || one.matches(".vh")) continue;
        one.focus();
        if (document.activeElement !== one) continue;
        const box = one.getBoundingClientRect();
        const top = document.elementFromPoint(box.x + Math.min(box.width / 2, innerWidth - box.x - 1), box.y + box.height / 2);
        if (top && top !== one && !one.contains(top) && !top.contains(one) && top.tagName !== "LABEL")
            wrong.push(one.outerHTML.slice(0, 120) + " under " + top.outerHTML.slice(0, 80));
    }
    return wrong;
}"""
_CUT = """() => [...document.querySelectorAll("main .btn, main .tag, main h1, main h2, main label, main legend, main th")]
    .filter((one) => one.checkVisibility() && !one.matches(".vh") && !one.closest(".vh, .clip"))
    .filter((one) => one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).overflow !== "visible")
    .map((one) => one.outerHTML.slice(0, 120))"""
_NO_BORDER = """() => [...document.querySelectorAll(".tag, .btn")]
    .filter((one) => one.checkVisibility() && getComputedStyle(one).borderTopWidth === "0px")
    .map((one) => one.outerHTML.slice(0, 120))"""
_TOO_WIDE = """() => document.documentElement.scrollWidth - innerWidth"""


@dataclass(frozen=True, slots=True)
class Site:
    """The demo as it is served: its address, a page of each kind, and the cookies of who is signed in."""

    address: str
    pages: dict[str, str]
    signed_in: Any


@pytest.fixture(scope="module")
def site(
    browser: "Browser", sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("screens")
    keep_master(folder / "data")
    with sqlite_template.copy(folder) as engine:
        settings = Settings(
            data_dir=folder / "data", database_url=str(engine.url), demo_password=PASSWORD, fast_hash=True
        )
        load_demo(SessionMaker(engine), settings, TODAY, NOW, lambda done, total, doing: None)
        app = create_app(settings, lambda: NOW)
        with serving(app) as address:
            context = browser.new_context(base_url=address)
            sign_in(context.new_page())
            yield Site(address, walk(app, context), context.storage_state())
            context.close()
        app.extensions["tracker_sessions"].engine.dispose()


def sign_in(page: "Page") -> None:
    page.goto("/login")
    page.fill("input[name=login]", OWNER_LOGIN)
    page.fill("input[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)


def walk(app: "Flask", context: "BrowserContext") -> dict[str, str]:
    """Follow links from the queue; return the first page found of each view, by the view's name."""
    found, ahead, map_ = {}, ["/queue"], app.url_map.bind("localhost")
    while ahead:
        address = ahead.pop(0)
        try:
            view, _ = map_.match(address.partition("?")[0])
        except (HTTPException, RequestRedirect):
            continue
        if view in found or view == "static":
            continue
        answer = context.request.get(address)
        if answer.headers["content-type"].startswith("text/html"):
            found[view] = address
            ahead += [unescape(link) for link in _HREF.findall(answer.text())]
    return found


@pytest.fixture(params=[("light", 1440), ("dark", 320)], ids=["light-1440", "dark-320"])
def look(request: pytest.FixtureRequest, browser: "Browser", site: Site) -> Iterator["Page"]:
    scheme, width = request.param
    context = browser.new_context(
        base_url=site.address,
        storage_state=site.signed_in,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def test_links_lead_to_the_pages_of_all_screens(site):
    assert {
        "queue.show", "denials.show", "log.new", "imports.choose", "letters.edit", "packet.show", "appeals.index",
        "appeals.show", "insights.show", "payers.index", "payers.show", "templates.index", "rules.index", "settings.show",
    } <= site.pages.keys()  # fmt: skip


def test_checks_09_to_12_every_page_is_accessible_and_nothing_is_covered_too_small_or_too_wide(look, site):
    wrong = {}
    for view, address in site.pages.items():
        look.goto(address)
        results = Axe().run(look, options=_AXE)
        problems = [f"axe: {each['id']} {each['nodes'][0]['html'][:120]}" for each in results.response["violations"]]
        if (wide := look.evaluate(_TOO_WIDE)) > 0:
            problems.append(f"{wide} pixels too wide")
        problems += [f"covered: {each}" for each in look.evaluate(_COVERED)]
        if problems:
            wrong[f"{view} {address}"] = problems
    assert wrong == {}, "\n".join(f"{page}\n  " + "\n  ".join(problems) for page, problems in wrong.items())


@pytest.fixture
def large(browser: "Browser", site: Site) -> Iterator["Page"]:
    context = browser.new_context(
        base_url=site.address,
        storage_state=site.signed_in,
        viewport={"width": 1280, "height": 900},
        forced_colors="active",
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    yield page
    context.close()


def test_check_14_with_text_twice_as_large_and_forced_colors_nothing_is_cut_and_tags_have_borders(large, site):
    wrong = {}
    for view, address in site.pages.items():
        large.goto(address)
        problems = [f"{wide} pixels too wide"] if (wide := large.evaluate(_TOO_WIDE)) > 0 else []
        problems += [f"cut: {each}" for each in large.evaluate(_CUT)]
        problems += [f"no border: {each}" for each in large.evaluate(_NO_BORDER)]
        if problems:
            wrong[f"{view} {address}"] = problems
    assert wrong == {}, "\n".join(f"{page}\n  " + "\n  ".join(problems) for page, problems in wrong.items())


def test_check_13_without_colors_clocks_are_told_apart_by_shape_and_words(look, site):
    look.goto("/queue?view=all&size=100")
    seen = look.evaluate(
        """() => [...document.querySelectorAll("tr[data-row] td:nth-child(2) .tag")].map((tag) => [
            ["over", "soon", "near"].find((tone) => tag.classList.contains(tone)) || "none",
            tag.querySelector("svg")?.innerHTML || "", tag.innerText.trim()])"""
    )
    shapes = {tone: {shape for each, shape, _ in seen if each == tone} for tone in ("over", "soon", "near", "none")}
    assert all(len(found) == 1 for found in shapes.values()), shapes
    assert len({shape for found in shapes.values() for shape in found}) == 4
    assert all(words for _, _, words in seen)
