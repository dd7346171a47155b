"""Which HTML a letter may hold, before it is kept and after it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.letters.hostile import MARKUP, body_of
from tracker.letters.catalog import sample, templates
from tracker.letters.draft import draft
from tracker.letters.problems import TemplateProblem
from tracker.letters.template_html import cleaned, faults_of_html

L12 = templates()["L12"]


def _faults(inside: str) -> list[tuple[int, str]]:
    return [tuple(fault) for fault in faults_of_html(body_of(inside), L12.base)]


@pytest.mark.parametrize("markup", MARKUP)
def test_what_loads_styles_or_never_ends_is_refused(markup):
    assert _faults(markup)


@pytest.mark.parametrize("template", templates().values(), ids=lambda template: template.slug)
def test_every_shipped_letter_passes(template):
    assert faults_of_html(template.html, template.base) == []


@pytest.mark.parametrize(
    ("markup", "message"),
    [
        ("<div>x</div>", "<div> cannot be used. There is section, h2, p, "),
        ('<p style="color: red">x</p>', "<p> cannot have style"),
        ('<section><p class="big">x</p></section>', '<p> cannot have class="big"'),
        ("<table><tbody><tr><th>x</th></tr></tbody></table>", 'Write <th scope="col"> or <th scope="row">'),
        ("<ul><p>x</p></ul>", "<p> cannot stand in <ul>"),
        ("<table>x</table>", "Text cannot stand directly in <table>"),
        ("<section>", "<section> is not closed"),
        ("<p>a < b</p>", "Write &lt; for the sign <"),
        ('<p class="{{ x }}">x</p>', "A tag cannot hold {{ }} or {% %}"),
    ],
)
def test_a_mistake_is_named_with_its_line(markup, message):
    found = _faults(f"<p>One line.</p>\n{{# two\nlines #}}{markup}")
    assert [line for line, said in found if said.startswith(message)] == [6]


def test_tags_may_stand_under_conditions():
    rows = '{% for line in lines %}{% if loop.first %}<table class="grid"><tbody>{% endif %}<tr><td>{{ line.code }}</td></tr>{% if loop.last %}</tbody></table>{% endif %}{% endfor %}'
    assert _faults(rows) == []


def test_the_heading_holds_words_alone_since_it_is_the_documents_title():
    (fault,) = faults_of_html(body_of("<p>x</p>", "Appeal <em>again</em>"), L12.base)[:1]
    assert fault == (2, "<em> cannot stand in the heading")


@pytest.mark.parametrize("template", templates().values(), ids=lambda template: template.slug)
def test_cleaning_changes_nothing_that_a_shipped_letter_says(template):
    shown = sample(template.slug)
    html = draft(template, shown.facts, shown.fields).html
    assert _plain(cleaned(html)) == _plain(html)


def _plain(html: str) -> str:
    for written, meant in (('data-verbatim=""', "data-verbatim"), ("&#39;", "'"), ("&#34;", '"'), ("&quot;", '"')):
        html = html.replace(written, meant)
    return html


@pytest.mark.parametrize("markup", [one for one in MARKUP if "{" not in one and one.count("<") < 80])
def test_cleaning_leaves_nothing_that_is_not_allowed(markup):
    clean = cleaned(f"<html><head><title>x</title></head><body><main>{markup}</main></body></html>")
    inside = clean.split("<body>")[1]
    for sign in (
        "src=",
        "href=",
        "style",
        "script",
        "onclick",
        "id=",
        "<svg",
        "<div",
        "<a",
        "colspan",
        "rowspan",
        "<!",
    ):
        assert sign not in inside.replace("</body>", "").replace("&lt;", "")


def test_elements_that_stand_too_deep_are_refused_after_writing_too():
    with pytest.raises(TemplateProblem, match="too many elements stand inside each other"):
        cleaned(f"<body>{'<section>' * 50}</body>")


_PARTS = st.sampled_from(["<p>", "</p>", "<ul>", "<li>", "</ul>", "<table>", "<tr>", "<td>", "<script>", "<b", "x", "<", ">", '"', "&", "\n", "<q class='"])  # fmt: skip


@given(st.lists(_PARTS, max_size=30).map("".join))
def test_whatever_is_written_cleaning_keeps_to_the_allowed_elements(text):
    import re

    clean = cleaned(f"<body>{text}</body>").partition("<body>")[2].rpartition("</body>")[0]
    assert set(re.findall(r"<([a-z0-9]+)", clean)) <= {"p", "ul", "li", "table", "tbody", "tr", "td", "q"}
