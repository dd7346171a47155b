"""The content security policy allows no style or script inside a page, so no template has any."""

import re

import pytest

from tests.architecture.sources import ROOT, templates

FORBIDDEN = {
    "a style attribute": re.compile(r"""<[^>]*\sstyle\s*=""", re.IGNORECASE),
    "an event attribute": re.compile(r"""<[^>]*\son[a-z]+\s*=\s*["'{]""", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script without src": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "another host": re.compile(r"""(?:src|href|action)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE),
}
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
PAGES = templates("templates")


def wrongs(text: str) -> list[str]:
    bare = COMMENT.sub("", text)
    return [name for name, pattern in FORBIDDEN.items() if pattern.search(bare)]


def test_there_are_pages():
    assert PAGES


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_a_template_has_no_style_or_script_of_its_own(path):
    assert wrongs(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "html",
    [
        '<p style="width: 3px">',
        "<svg><rect\n  style='x'/>",
        '<a href="#" onclick="go()">',
        "<button onfocus={{ thing }}>",
        "<style>p {}</style>",
        "<script>go()</script>",
        '<a href="javascript:go()">',
        '<script src="//cdn.example/x.js"></script>',
    ],
)
def test_what_the_policy_would_block_is_noticed(html):
    assert wrongs(html)


@pytest.mark.parametrize("html", ['<script src="/static/a.js"></script>', '<option value="on">', "<p>on = 3</p>"])
def test_what_the_policy_allows_is_left_alone(html):
    assert wrongs(html) == []
