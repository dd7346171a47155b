"""The style sheet and fonts of letters, by name: the only things a document may load."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from tracker.config import resource_dir

SCHEME = "asset:"
_TYPES = {".css": "text/css", ".ttf": "font/ttf"}
_LETTER_FONT, _SIGN_FONT = "PublicSans-Regular.ttf", "DejaVuSansMono.ttf"


@cache
def assets() -> Mapping[str, tuple[bytes, str]]:
    """Return name -> (bytes, content type) of every asset: ``letter.css``, ``PublicSans-Regular.ttf`` ..."""
    shared = resource_dir("letter_templates") / "_shared"
    files = [path for path in sorted(shared.rglob("*")) if path.suffix in _TYPES]
    return MappingProxyType({path.name: (path.read_bytes(), _TYPES[path.suffix]) for path in files})


def for_browser(text: str, prefix: str) -> str:
    """Return a letter's HTML or CSS with its assets at ``prefix`` + name instead of ``asset:`` + name.

    Text of the letter cannot be taken for an address: quotation marks in it are escaped.
    """
    return text.replace(f'="{SCHEME}', f'="{prefix}').replace(f'url("{SCHEME}', f'url("{prefix}')


@cache
def _printable() -> frozenset[int]:
    # fontTools comes with WeasyPrint; its import takes a tenth of a second.
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it carries none

    signs: set[int] = {ord("\n"), ord("\t")}
    for name in (_LETTER_FONT, _SIGN_FONT):
        with TTFont(resource_dir("letter_templates") / "_shared" / "fonts" / name, lazy=True) as font:
            signs.update(font.getBestCmap())
    return frozenset(signs)


def unprintable(text: str) -> tuple[str, ...]:
    """Return the characters of a text that the letters' fonts have no sign for, each once (Chinese, emoji)."""
    return tuple(dict.fromkeys(sign for sign in text if ord(sign) not in _printable()))
