"""Writes a letter from its template and the facts, and names every gap that keeps it from being signed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from tracker.letters.assets import unprintable
from tracker.letters.catalog import LetterTemplate, Paragraph
from tracker.letters.context import clean, context
from tracker.letters.derived import service_days
from tracker.letters.environment import holds, letter_template, write, write_text
from tracker.letters.facts import LetterFacts
from tracker.letters.gaps import Collector, Gap, as_html, placeholder
from tracker.letters.leftovers import leftovers_in_html, leftovers_in_text
from tracker.letters.problems import TemplateProblem
from tracker.letters.words import long_date


@dataclass(frozen=True, slots=True)
class DraftParagraph:
    """A paragraph as it stands: the person's text, or the default made of the facts.

    ``text`` belongs in the form, ``shown`` is what the letter prints: a placeholder where a required text is empty.
    """

    key: str
    label: str
    source: str
    required: bool
    text: str
    default: str
    shown: str

    @property
    def edited(self) -> bool:
        """Whether a person changed the default."""
        return self.text != self.default


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter: the HTML that the preview shows and the PDF is made of, its gaps, its paragraphs in order.

    ``own`` says that a practice wrote its text.
    """

    html: str
    gaps: tuple[Gap, ...]
    paragraphs: tuple[DraftParagraph, ...]
    own: bool = False

    @property
    def ready(self) -> bool:
        """Whether the letter may be signed."""
        return not self.gaps


def draft(template: LetterTemplate, facts: LetterFacts, fields: Mapping[str, str]) -> Draft:
    """Return the letter. ``fields`` are the paragraphs a person wrote, by key; a key left out takes its default.

    A field is plain text: blank lines part paragraphs, nothing in it is markup. An empty field leaves its paragraph
    out, if it is optional. Raises TemplateProblem when the template names what does not exist.
    """
    collector = Collector(template.fact_words)
    values = context(facts, template.request_name(facts.payer.kind), collector)
    values["exhibit"] = _exhibit_words(template, values["labels"], collector)
    values["about"] = lambda topic: [quote for quote in values["quotes"] if quote["about"] == topic]
    values["besides"] = lambda *topics: [
        quote for quote in values["quotes_not_in_points"] if quote["about"] not in topics
    ]
    paragraphs = tuple(
        _paragraph(paragraph, values, fields, collector)
        for paragraph in template.paragraphs
        if holds(paragraph.when, values)
    )
    values["paragraph"] = _paragraph_html(template, paragraphs)
    html = write(letter_template(template.base, template.html), values)
    _look_for_stops(template, values, collector)
    _look_for_exhibits(template, facts, collector)
    _look_for_leftovers(html, collector)
    return Draft(html, tuple(collector.gaps.values()), paragraphs)


def _exhibit_words(template: LetterTemplate, labels: Mapping[str, str], collector: Collector) -> Callable[[str], Any]:
    """Return the function by which a paragraph names an enclosure: its label, or a gap while it is not attached."""
    expected = {exhibit.key: exhibit for exhibit in template.exhibits}

    def exhibit(key: str) -> str:
        if key in labels:
            return labels[key]
        if key not in expected:
            raise TemplateProblem(f"{template.slug}/letter.toml lists no exhibit {key}")
        return collector.add(f"exhibit:{key}", expected[key].title, expected[key].missing)

    return exhibit


def _paragraph(
    paragraph: Paragraph, values: Mapping[str, Any], fields: Mapping[str, str], collector: Collector
) -> DraftParagraph:
    key, label = paragraph.key, paragraph.label
    collector.paragraph = key
    default = write_text(paragraph.text, values)
    text = default
    if key in fields:
        text = clean(fields[key])
    if text != default:
        collector.gaps = {at: gap for at, gap in collector.gaps.items() if gap.paragraph != key}
        for found in leftovers_in_text(text):
            collector.add(f"text:{key}:{found}", label, f'Replace {found} in "{label}", or take it out')
    shown = text
    if not text and paragraph.required:
        shown = collector.add(f"paragraph:{key}", label, write_text(paragraph.missing, values))
    collector.paragraph = ""
    return DraftParagraph(key, label, paragraph.source, paragraph.required, text, default, shown)


def _paragraph_html(template: LetterTemplate, written: tuple[DraftParagraph, ...]) -> Callable[[str], Markup]:
    texts = {paragraph.key: paragraph.shown for paragraph in written}
    known = {paragraph.key for paragraph in template.paragraphs}

    def paragraph(key: str) -> Markup:
        if key not in known:
            raise TemplateProblem(f"{template.slug}/letter.toml lists no paragraph {key}")
        return as_html(texts.get(key, ""))

    return paragraph


def _look_for_stops(template: LetterTemplate, values: Mapping[str, Any], collector: Collector) -> None:
    for number, stop in enumerate(template.stops):
        if holds(stop.when, values):
            collector.add(f"stop:{number}", "Not this letter", write_text(stop.message, values))


def _look_for_exhibits(template: LetterTemplate, facts: LetterFacts, collector: Collector) -> None:
    attached = {exhibit.key for exhibit in facts.exhibits}
    named = {gap.key for gap in collector.gaps.values()}
    for exhibit in template.exhibits:
        key = f"exhibit:{exhibit.key}"
        if exhibit.required and exhibit.key not in attached and key not in named:
            collector.add(key, exhibit.title, exhibit.missing)
        elif exhibit.required and exhibit.key == "note":
            for day in _days_without_note(facts):
                message = f"Attach the note of the visit of {long_date(day)}, or take its lines out"
                collector.add(f"{key}:{day}", f"{exhibit.title} of {long_date(day)}", message)


def _days_without_note(facts: LetterFacts) -> list[date]:
    """Return the denied days whose note is not enclosed, where the letter is about several; notes without a day count."""
    days, enclosed = service_days(facts), {exhibit.service_date for exhibit in facts.exhibits}
    whole = {exhibit.service_date for exhibit in facts.exhibits if exhibit.key == "note"}
    return [] if len(days) < 2 or None in whole else [day for day in days if day not in enclosed]


def _look_for_leftovers(html: str, collector: Collector) -> None:
    """Name what facts or a template left: text of paragraphs was looked at before, with the paragraph's name."""
    known = {placeholder(gap.label) for gap in collector.gaps.values()}
    known.update(gap.key.split(":", 2)[2] for gap in collector.gaps.values() if gap.key.startswith("text:"))
    for found in leftovers_in_html(html):
        if found not in known:
            collector.add(f"text::{found}", "Text", f"Take {found} out of the facts of this letter")
    for sign in unprintable(html):
        message = f"The letter's font has no sign {sign}. Write it in Latin letters, as the claim does"
        collector.add(f"sign:{sign}", "Letters", message)
