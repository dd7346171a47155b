"""The exhibit that shows what the payer answered: the denied lines out of the electronic remittance, on one page."""

from collections.abc import Mapping

from tracker.config import resource_dir
from tracker.letters.catalog import SHARED
from tracker.letters.context import context
from tracker.letters.environment import letter_template, write
from tracker.letters.facts import LetterFacts
from tracker.letters.gaps import Collector, FactWords
from tracker.letters.kept import made_pdf

_WORDS: Mapping[str, FactWords] = {}


def remittance_html(facts: LetterFacts) -> str:
    """Return the page's HTML; facts that are not known are left out, not marked."""
    page = (resource_dir("letter_templates") / SHARED / "remittance.html").read_text("utf-8")
    return write(letter_template("", page), context(facts, "", Collector(_WORDS)))


def make_remittance_page(facts: LetterFacts) -> bytes:
    """Return the page as a PDF. Raises what ``make_pdf`` raises."""
    return made_pdf(remittance_html(facts))
