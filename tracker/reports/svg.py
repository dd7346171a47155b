"""SVG written piece by piece as plain text: numbers stand as they are, every text is escaped where it is put in.

A page has hundreds of pieces: escaping each number and color of them takes longer than working the figures out.
"""

from collections.abc import Iterable

from markupsafe import Markup, escape

BLUE, VERMILION, INK, MUTED, GRID, PAPER = "#0072b2", "#d55e00", "#1a2330", "#4b5665", "#dfe4ea", "#ffffff"
DOTTED = ' stroke-dasharray="3 4"'


def text(x: float, y: float, words: str, anchor: str = "middle", *, strong: bool = False) -> str:
    """Return words at a place; ``anchor`` says which end of them stands there."""
    name, weight, ink = ("strong", 600, INK) if strong else ("weak", 400, MUTED)
    return (
        f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="12" font-weight="{weight}"'
        f' fill="{ink}">{escape(words)}</text>'
    )


def drawn(parts: Iterable[str]) -> Markup:
    """Return pieces as what a page shows as it is."""
    return Markup("".join(parts))  # noqa: S704  # each text in the pieces was escaped
