"""The last look at a document's text: words that show that nobody finished it."""

import re
from html.parser import HTMLParser

PLACEHOLDER = re.compile(r"\[([^\[\]\n]+): missing\]")
# Braces of a template; the words of an empty value (whole, with these capitals); what people leave in brackets.
_LEFTOVER = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{#|#\}|\b(?:None|nan|NaN|NaT)\b|\[[^\[\]\n]+: missing\]"
    r"|\[(?i:insert|enter|add|your|name|date|tbd|todo|xx+)\b[^\[\]\n]*\]"
)
_VOID = frozenset({"br", "col", "hr", "img", "link", "meta", "wbr"})


def leftovers_in_text(text: str) -> tuple[str, ...]:
    """Return each leftover in a plain text once: braces, ``None``, ``[Date of birth: missing]``, ``[insert date]``."""
    return tuple(dict.fromkeys(_LEFTOVER.findall(text)))


class _Text(HTMLParser):
    """Collects the text a reader sees, without the record's own words (elements marked ``data-verbatim``)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._verbatim: list[bool] = [False]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self._verbatim.append(self._verbatim[-1] or any(name == "data-verbatim" for name, _ in attrs))
        if tag != "span":
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID and len(self._verbatim) > 1:
            self._verbatim.pop()

    def handle_data(self, data: str) -> None:
        if not self._verbatim[-1]:
            self.pieces.append(data)


def leftovers_in_html(html: str) -> tuple[str, ...]:
    """Return each leftover in the text of a document once.

    Words quoted from the record (``data-verbatim``) are left alone: a note may say "Falls: None", and a quotation
    changes no word.
    """
    reader = _Text()
    reader.feed(html)
    reader.close()
    return leftovers_in_text("".join(reader.pieces))
