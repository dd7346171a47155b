"""The pages of a scan as pictures that can be read: drawn in the limited child, one at a time."""

from tracker.letters.kept import Kept, key_of
from tracker.letters.packet_check import READABLE, draw_exhibit
from tracker.letters.problems import LetterProblem
from tracker.models import Attachment

MOST_PAGES = 40
"""So many pages stand beside a form; a longer paper is kept whole."""

_pages: Kept[list[bytes]] = Kept(40)


def page_of(scan: Attachment, number: int) -> bytes | None:
    """Return a JPEG of page ``number`` (from 1), None where there is none or it cannot be drawn."""
    if not 1 <= number <= min(scan.pages or 1, MOST_PAGES):
        return None
    key = key_of(scan.content_hash, str(number))
    try:
        drawn = _pages.get(key, lambda: draw_exhibit(scan.title, scan.content, number, number, READABLE))
    except LetterProblem:
        return None
    return drawn[0] if drawn else None
