"""How the enclosures of a packet are put in order: which are used, which pages are dropped, which are turned."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

_RANGE = re.compile(r"(\d{1,5})(?:\s*[-\N{EN DASH}]\s*(\d{1,5}))?")
_WHOLE_TURN = 360


class PagesError(ValueError):
    """Raised when typed page numbers are not understood or not there; the message says which."""


@dataclass(frozen=True, slots=True)
class Placement:
    """One enclosure in its place. ``source`` finds it again; ``used`` is None until a person decides.

    ``dropped`` are page numbers of the original, from 1; ``turned`` maps such numbers to degrees clockwise
    (90, 180, 270). The original itself never changes.
    """

    source: str
    used: bool | None = None
    dropped: frozenset[int] = frozenset()
    turned: Mapping[int, int] = field(default_factory=dict)

    def dropping(self, pages: Iterable[int]) -> "Placement":
        """Return the placement without these pages too."""
        return replace(self, dropped=self.dropped | frozenset(pages))

    def whole(self) -> "Placement":
        """Return the placement with every page, upright as in the original."""
        return replace(self, dropped=frozenset(), turned={})

    def turning(self, pages: Iterable[int], degrees: int = 90) -> "Placement":
        """Return the placement with these pages turned clockwise by ``degrees`` more."""
        turned = dict(self.turned)
        for page in pages:
            turned[page] = (turned.get(page, 0) + degrees) % _WHOLE_TURN
        return replace(self, turned={page: angle for page, angle in turned.items() if angle})

    def count(self, pages: int) -> int:
        """Return how many of the original's ``pages`` stay."""
        return pages - sum(1 for page in self.dropped if page <= pages)

    def as_json(self) -> dict[str, Any]:
        """Return plain values to store."""
        return {
            "source": self.source,
            "used": self.used,
            "dropped": sorted(self.dropped),
            "turned": {str(page): angle for page, angle in sorted(self.turned.items())},
        }


def placement(stored: Mapping[str, Any]) -> Placement:
    """Return a placement as it was stored."""
    turned = {int(page): angle for page, angle in stored.get("turned", {}).items()}
    return Placement(stored["source"], stored.get("used"), frozenset(stored.get("dropped", ())), turned)


def in_order(placed: Sequence[Placement], sources: Sequence[str]) -> list[Placement]:
    """Return a placement for every source: those placed before in their order, then new ones as they come."""
    there = set(sources)
    kept = [one for one in placed if one.source in there]
    known = {one.source for one in kept}
    return [*kept, *(Placement(source) for source in sources if source not in known)]


def moved(placed: Sequence[Placement], source: str, steps: int) -> list[Placement]:
    """Return the placements with one moved towards the end by ``steps`` (before: negative), as far as there is room."""
    rest = [one for one in placed if one.source != source]
    at = next((number for number, one in enumerate(placed) if one.source == source), None)
    if at is None:
        return list(placed)
    to = min(max(at + steps, 0), len(rest))
    return [*rest[:to], placed[at], *rest[to:]]


def read_pages(text: str, total: int) -> list[int]:
    """Return the pages a person typed as ``2-4, 7``, in order and once each.

    Raises PagesError for text that is no list of pages and for pages the exhibit does not have.
    """
    pages: set[int] = set()
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise PagesError("Enter page numbers, for example 2-4, 7")
    for part in parts:
        found = _RANGE.fullmatch(part)
        if found is None:
            raise PagesError(f"Enter page numbers, for example 2-4, 7. “{part[:20]}” is no page or range")
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= last <= total:
            raise PagesError(f"“{part}” is not in this exhibit, which has pages 1 to {total}")
        pages.update(range(first, last + 1))
    return sorted(pages)


def page_words(pages: Iterable[int]) -> str:
    """Return page numbers as a person types them: ``2-4, 7``."""
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
