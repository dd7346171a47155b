"""The child process that makes PDF files: what it refuses, how it ends, how it comes back."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.letters.reading import accessibility_failures, signs_of, text_of
from tracker.letters import limited, pdf, worker
from tracker.letters.catalog import sample, templates
from tracker.letters.draft import draft
from tracker.letters.leftovers import leftovers_in_text
from tracker.letters.pdf import make_pdf, why_unavailable
from tracker.letters.problems import PdfFailed, PdfUnavailable, UnfinishedLetter

only_linux = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def _page(body: str, head: str = "") -> str:
    return f'<!DOCTYPE html><html lang="en-US"><head><title>Test</title>{head}</head><body>{body}</body></html>'


def _child_pid() -> int:
    make_pdf(_page("warm"))
    child = limited._pool._free.queue[-1]
    return child._process.pid


@pytest.mark.parametrize(
    "html",
    [
        _page('<img alt="" src="http://127.0.0.1:9/x.png">'),
        _page('<img alt="" src="https://example.com/x.png">'),
        _page('<img alt="" src="file:///etc/hostname">'),
        _page('<img alt="" src="FILE:///etc/hostname">'),
        _page('<img alt="" src="ftp://127.0.0.1/x">'),
        _page('<img alt="" src="data:image/png;base64,iVBORw0KGgo=">'),
        _page('<img alt="" src="asset:../letter.css">'),
        _page('<img alt="" src="asset:secret_key">'),
        _page("x", '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">'),
        _page("x", '<link rel="attachment" href="file:///etc/passwd">'),
        _page('<a rel="attachment" href="file:///etc/passwd">x</a>'),
        _page("x", '<style>@import url("http://127.0.0.1:9/x.css");</style>'),
        _page("x", '<style>body { background: url("file:///etc/hostname") }</style>'),
        _page("x", '<style>li { list-style: url("http://127.0.0.1:9/x") }</style><ul><li>x</ul>'),
        _page("x", '<style>@font-face { font-family: f; src: url("http://127.0.0.1:9/f.ttf") }</style>'),
        _page("x", '<style>p::before { content: url("http://127.0.0.1:9/x") }</style><p>x'),
        _page('<embed src="http://127.0.0.1:9/x">'),
        _page('<object data="file:///etc/hostname"></object>'),
        _page(
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/hostname"/></svg>'
        ),
        _page('<img alt="" src="x.png">', '<base href="file:///etc/">'),
    ],
)
def test_a_document_that_names_an_outside_address_is_refused(html):
    with pytest.raises(PdfFailed, match="may load nothing from outside"):
        make_pdf(html)


def test_a_relative_address_is_looked_up_nowhere():
    assert "here" in text_of(make_pdf(_page('<img alt="" src="etc/hostname">here')))


@pytest.mark.parametrize("text", ["{{ patient.name }}", "{% if %}", "Paid None", "nan of 80", "[Plan: missing]"])
def test_an_unfinished_text_never_becomes_a_pdf(text):
    with pytest.raises(UnfinishedLetter):
        make_pdf(_page(f"<p>{text}</p>"))


def test_a_draft_with_gaps_never_becomes_a_pdf(necessity):
    from dataclasses import replace

    written = draft(templates()["L01"], replace(necessity, quotes=()), {})
    with pytest.raises(UnfinishedLetter, match="Why a therapist was needed: missing"):
        make_pdf(written.html)


def test_a_document_that_never_ends_is_given_up_in_time_and_the_next_one_is_made():
    make_pdf(_page("a child that is warm"))
    with pytest.raises(PdfFailed, match=r"not ready after 2 seconds|within the memory and time allowed"):
        limited.run_limited(
            "render", {"html": _page("<table><td colspan=1000000>x</table>")}, seconds=2, on_refusal=pdf._problem
        )
    assert "next" in text_of(make_pdf(_page("next")))


def test_a_document_that_eats_memory_is_given_up_and_the_next_one_is_made():
    with pytest.raises(PdfFailed):
        make_pdf(_page("<table><tr>" + "<td colspan=3000 rowspan=3000>x" * 3000 + "</table>"))
    assert "next" in text_of(make_pdf(_page("next")))


def test_too_long_a_document_is_refused_with_its_length():
    with pytest.raises(PdfFailed, match="70 pages, at most 60"):
        make_pdf(_page("<p>x</p>" + '<p style="break-before: page">x</p>' * 69))
    with pytest.raises(PdfFailed, match="more than 300,000 characters"):
        make_pdf(_page("x" * 300_000))


def test_a_child_that_was_killed_between_two_letters_is_replaced():
    os.kill(_child_pid(), signal.SIGKILL)
    time.sleep(0.1)
    assert "next" in text_of(make_pdf(_page("next")))


def test_a_child_that_is_killed_while_it_works_costs_one_letter_only():
    pid = _child_pid()
    killer = threading.Timer(0.3, os.kill, (pid, signal.SIGKILL))
    killer.start()
    with pytest.raises(PdfFailed, match="given up"):
        make_pdf(_page("<table><td colspan=1000000>x</table>"))
    killer.join()
    assert "next" in text_of(make_pdf(_page("next")))


def test_letters_made_at_the_same_time_do_not_mix():
    made: dict[int, bytes] = {}

    def make(number: int) -> None:
        made[number] = make_pdf(_page(f"letter number {number}."))

    threads = [threading.Thread(target=make, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: text_of(each) for number, each in made.items()} == {
        number: f"letter number {number}." for number in range(6)
    }


def test_two_children_make_the_same_bytes(monkeypatch):
    shown = sample("l01_medical_necessity")
    html = draft(templates()["L01"], shown.facts, shown.fields).html
    first = make_pdf(html)
    other = limited._Pool()
    monkeypatch.setattr(limited, "_pool", other)
    assert make_pdf(html) == first
    other.stop()


@only_linux
def test_a_child_lives_under_limits():
    text = Path(f"/proc/{_child_pid()}/limits").read_text()
    rows = {line[:26].strip(): line[26:].split() for line in text.splitlines()}
    assert rows["Max address space"][0] == str(worker.MEMORY_BYTES)
    assert rows["Max core file size"][0] == "0"
    assert rows["Max file size"][0] == str(16 * 1024**2)
    assert int(rows["Max cpu time"][0]) < 1000


@only_linux
def test_a_child_knows_nothing_of_the_servers_settings(monkeypatch):
    monkeypatch.setenv("TRACKER_DEMO_PASSWORD", "a secret of the server")
    fresh = limited._Pool()
    monkeypatch.setattr(limited, "_pool", fresh)
    environment = Path(f"/proc/{_child_pid()}/environ").read_bytes()
    fresh.stop()
    assert b"TRACKER" not in environment
    assert b"a secret" not in environment


@only_linux
def test_without_pango_the_letter_still_shows_and_the_reason_is_plain(monkeypatch, tmp_path, necessity):
    (tmp_path / "libpango-1.0.so.0").write_bytes(b"")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    fresh = limited._Pool()
    monkeypatch.setattr(limited, "_pool", fresh)
    written = draft(templates()["L01"], necessity, {})
    assert "Lakeview Rehab" in written.html
    assert "apt-get install libpango-1.0-0" in why_unavailable()
    with pytest.raises(PdfUnavailable, match="Pango library is missing"):
        make_pdf(written.html)
    fresh.stop()


def test_with_pango_nothing_is_in_the_way():
    assert why_unavailable() == ""


def test_only_the_child_loads_weasyprint():
    code = "import sys; from tracker.letters.pdf import make_pdf; make_pdf(sys.argv[1]); print('weasyprint' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, _page("x")], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


_SIGNS = st.characters(categories=["Lu", "Ll", "Nd", "Po", "Pd", "Ps", "Pe", "Sm", "Zs"], max_codepoint=0x17F)


@given(name=st.text(_SIGNS, min_size=1, max_size=60), words=st.text(_SIGNS, max_size=300))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_name_and_any_words_are_escaped_and_come_back(name, words):
    from dataclasses import replace

    assume(signs_of(name))
    assume(not leftovers_in_text(f"{name} {words}"))
    facts = sample("l01_medical_necessity").facts
    facts = replace(facts, patient=replace(facts.patient, name=name))
    written = draft(templates()["L01"], facts, {"comment": words})
    assume(written.ready)
    made = make_pdf(written.html)
    text = signs_of(text_of(made))
    assert signs_of(name) in text
    assert signs_of(words) in text
    assert accessibility_failures(made) == []


@given(st.text(alphabet="<>&\"'/=!-{}%[]() abcimgscript:\n\\", max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_words_become_markup(words):
    facts = sample("l01_medical_necessity").facts
    clean = draft(templates()["L01"], facts, {"comment": "words"}).html
    html = draft(templates()["L01"], facts, {"comment": words}).html
    assert sorted(_tags(html) - {"p", "br", "mark"}) == sorted(_tags(clean) - {"p", "br", "mark"})


def _tags(html: str) -> set[str]:
    from html.parser import HTMLParser

    seen: set[str] = set()

    class Tags(HTMLParser):
        def handle_starttag(self, tag, attrs):
            seen.add(tag)

    Tags().feed(html)
    return seen
