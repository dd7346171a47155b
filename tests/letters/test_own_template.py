"""Letters with a practice's own text: drawn in a child, given up in time, accessible."""

import threading
import time
from dataclasses import replace

import pytest

from tests.letters.hostile import ENDLESS, body_of
from tests.letters.reading import accessibility_failures, text_of
from tracker.letters import limited
from tracker.letters.catalog import sample, templates
from tracker.letters.draft import draft
from tracker.letters.own_template import own_template, shipped_text, tried, written
from tracker.letters.pdf import make_pdf
from tracker.letters.problems import PdfBusy, PdfFailed, TemplateProblem

SHOWN = sample("l12_units")


def _own(inside: str = "", **paragraphs: str):
    text = shipped_text("L12")
    return replace(text, body=body_of(inside) if inside else text.body, paragraphs={**text.paragraphs, **paragraphs})


def _tried(text):
    return tried(text, SHOWN.facts, SHOWN.fields, as_pdf=True)


@pytest.fixture(scope="module", autouse=True)
def warm_children():
    """The first text of a server waits for a child to start; the others find it warm."""
    _tried(_own())


@pytest.mark.parametrize("template", templates().values(), ids=lambda template: template.slug)
def test_a_shipped_letter_says_the_same_from_a_child(template):
    shown = sample(template.slug)
    own = written(own_template(shipped_text(template.id)), shown.facts, shown.fields)
    shipped = draft(template, shown.facts, shown.fields)
    assert own.gaps == shipped.gaps
    assert own.paragraphs == shipped.paragraphs
    assert text_of(make_pdf(own.html, own=True)) == text_of(make_pdf(shipped.html))


def test_a_changed_letter_is_drawn_and_accessible():
    trial = _tried(
        _own(
            '<section><h2>Why we write</h2><p>About <strong>{{ patient.name }}</strong>: {{ denied_cents | dollars }}.</p>'
            '<ol><li>First &amp; only <em>reason</em><br>of ours</li></ol>{{ paragraph("ask") }}'
            '<table class="grid"><caption>Lines</caption><thead><tr><th scope="col">Code</th><th scope="col">Units</th></tr></thead>'
            '<tbody>{% for row in lines %}<tr><td>{{ row.code }}</td><td class="number">{{ row.units }}</td></tr>{% endfor %}</tbody></table>'
            "loose words {{ claim.payer_claim_number }}</section>",
            ask="Pay {{ denied_cents | dollars }} within 30 days.",
        )
    )  # fmt: skip
    assert trial.faults == {}
    text = text_of(trial.pdf)
    assert "About Håkon Müller-Đặng: $1,284.50." in text
    assert "First & only reason of ours" in text
    assert "Pay $1,284.50 within 30 days." in text
    assert accessibility_failures(trial.pdf) == []


def test_a_paragraph_that_is_placed_nowhere_is_not_asked_for():
    template = own_template(_own('<section>{{ paragraph("ask") }}</section>'))
    assert [one.key for one in template.paragraphs] == ["request", "ask"]


def test_the_hash_follows_every_word():
    texts = [_own(), _own("<p>x</p>"), _own(ask="Pay."), replace(_own(), based_on="L01")]
    assert len({text.hash for text in texts}) == 4
    assert own_template(texts[1]).hash == texts[1].hash


@pytest.mark.parametrize("name", ENDLESS)
def test_a_text_that_never_ends_is_given_up_and_the_next_is_made(name):
    with pytest.raises((PdfFailed, TemplateProblem)):
        _tried(_own(ENDLESS[name]))
    assert _tried(_own("<p>next</p>")).draft is not None


def test_a_text_that_is_not_allowed_is_never_written():
    trial = _tried(_own("{{ ''.__class__ }}", ask="{{ cycler }}"))
    assert trial.draft is None
    assert trial.pdf == b""
    assert {field: faults[0].line for field, faults in trial.faults.items()} == {"body": 4, "ask": 1}


def test_a_text_that_does_not_fit_the_facts_says_where_and_repeats_no_fact():
    text = _own("<p>x</p>\n<p>{{ lines[7].code }}</p>")
    with pytest.raises(TemplateProblem, match="Line 5 of the letter does not fit these facts") as problem:
        written(own_template(text), SHOWN.facts, SHOWN.fields)
    with pytest.raises(
        TemplateProblem, match="Line 4 of the letter does not fit these facts: it uses a fact that is"
    ) as other:
        _tried(_own("<p>{{ patient.name | long_date }}</p>"))
    assert "Håkon" not in str(problem.value) + str(other.value)


def test_a_missing_fact_is_a_gap_in_an_own_letter_too():
    facts = replace(SHOWN.facts, patient=replace(SHOWN.facts.patient, birth_date=None))
    own = written(own_template(_own("<p>Born {{ patient.birth_date | long_date }}</p>")), facts, SHOWN.fields)
    assert [gap.key for gap in own.gaps] == ["patient.birth_date"]
    assert '<mark class="gap">[Date of birth: missing]</mark>' in own.html


def test_facts_become_no_markup():
    facts = replace(SHOWN.facts, patient=replace(SHOWN.facts.patient, name="<script>x</script> {{ 7 }}"))
    html = written(own_template(_own("<p>{{ patient.name }}</p>")), facts, SHOWN.fields).html
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_few_may_wait_and_other_letters_are_made_meanwhile():
    said: list[str] = []

    def try_endless() -> None:
        try:
            _tried(_own(ENDLESS["loops"]))
        except PdfBusy:
            said.append("busy")
        except (PdfFailed, TemplateProblem):
            said.append("given up")

    threads = [threading.Thread(target=try_endless) for _ in range(10)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    started = time.monotonic()
    assert b"%PDF" in make_pdf('<html lang="en-US"><head><title>x</title></head><body>another letter</body></html>')
    assert time.monotonic() - started < 60
    for thread in threads:
        thread.join()
    assert said.count("busy") >= 10 - limited.CHILDREN - limited._MOST_WAITING
    assert said.count("given up") >= limited.CHILDREN
