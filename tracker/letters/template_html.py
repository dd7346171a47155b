"""Which HTML a letter may hold: checked with its lines before it is kept, and cleaned after it is written.

What may stand here is what PDF/UA tags rightly and WeasyPrint draws in time (security.md 1.9: 40 bytes of HTML can burn
20 s), and nothing that loads, links or styles (C-24).
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from html.parser import HTMLParser

from tracker.letters.assets import SCHEME, assets
from tracker.letters.environment import pieces
from tracker.letters.problems import TemplateProblem
from tracker.letters.template_values import Fault

_IN_TEXT = frozenset({"q", "span", "strong", "em", "br"})
# Each other element, and in which it may stand directly.
_INSIDE: Mapping[str, frozenset[str]] = {
    "section": frozenset({"main"}),
    "h2": frozenset({"main", "section"}),
    "p": frozenset({"main", "section", "address", "li", "td"}),
    "ul": frozenset({"main", "section", "li", "td"}),
    "ol": frozenset({"main", "section", "li", "td"}),
    "li": frozenset({"ul", "ol"}),
    "table": frozenset({"main", "section"}),
    "caption": frozenset({"table"}),
    "thead": frozenset({"table"}),
    "tbody": frozenset({"table"}),
    "tfoot": frozenset({"table"}),
    "tr": frozenset({"thead", "tbody", "tfoot"}),
    "th": frozenset({"tr"}),
    "td": frozenset({"tr"}),
}
_OF_THE_BASE = frozenset({"header", "main", "address", "h1", "mark", "img"})
_NO_TEXT = frozenset({"ul", "ol", "table", "thead", "tbody", "tfoot", "tr"})
_ATTRIBUTES: Mapping[str, frozenset[str]] = {
    "th": frozenset({"class", "scope", "colspan", "rowspan"}),
    "td": frozenset({"class", "colspan", "rowspan"}),
    "q": frozenset({"class", "data-verbatim"}),
    "img": frozenset({"class", "src", "alt"}),
}
_CLASS = frozenset({"class"})
_HEADING = "heading"  # this block stands in the document's title too, which knows no elements
_MOST_COLUMNS = 12
_MOST_DEEP = 30
_VALUE, _STATEMENT = "\ue000", "\ue001"  # stand where a template writes or decides something
_BLOCKS = (("super",), ("self",))  # values that are whole blocks
_MARKS = re.compile(f"[{_VALUE}{_STATEMENT}]")


class _Document(HTMLParser):
    """Reads the HTML of a template: what Jinja writes or decides is a mark in it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[tuple[str, int]] = []  # elements with their lines

    @property
    def inside(self) -> str:
        """The innermost open element, empty outside of all."""
        return self.open[-1][0] if self.open else ""

    def read(self, source: str) -> None:
        """Read a whole template."""
        for piece in pieces(source):
            if piece.kind == "text":
                self.feed(piece.source)
                continue
            if piece.words[:1] == ("block",):
                self.begin(piece.words[1])
            elif piece.words[:1] == ("endblock",):
                self.end()
            mark = _STATEMENT if piece.kind == "statement" or piece.words[:1] in _BLOCKS else _VALUE
            mark = "" if piece.kind == "comment" else mark
            self.feed(mark + "\n" * piece.source.count("\n"))
        self.close()

    def begin(self, block: str) -> None:
        """A block begins."""

    def end(self) -> None:
        """The block ends."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the parser's
        """Open an element."""
        if tag not in {"br", "img", "meta", "link"}:
            self.open.append((tag, self.getpos()[0]))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, if it is this one."""
        if self.inside == tag:
            self.open.pop()


class _Places(_Document):
    """Finds in which element each block of a base stands."""

    def __init__(self) -> None:
        super().__init__()
        self.of: dict[str, str] = {}

    def begin(self, block: str) -> None:
        """Note where the block stands."""
        self.of.setdefault(block, self.inside or "main")  # parts that a letter places stand in its body


@lru_cache(maxsize=8)
def _places(base: str) -> Mapping[str, str]:
    found = _Places()
    found.read(base)
    return found.of


class _Check(_Document):
    """Notes what a letter's HTML may not hold."""

    def __init__(self, places: Mapping[str, str]) -> None:
        super().__init__()
        self.faults: list[Fault] = []
        self._places = places
        self._block = ""
        self._outer: list[tuple[str, list[tuple[str, int]]]] = []

    def _say(self, message: str, line: int = 0) -> None:
        self.faults.append(Fault(line or self.getpos()[0], message))

    def begin(self, block: str) -> None:
        """A block is read by itself: it closes what it opens."""
        self._outer.append((self._block, self.open))
        self._block, self.open = block, [(self._places.get(block, "main"), 0)]

    def end(self) -> None:
        """Note what the block left open."""
        for tag, line in self.open[1:]:
            self._say(f"<{tag}> is not closed", line)
        if self._outer:
            self._block, self.open = self._outer.pop()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Check an element, its place and its attributes."""
        if _MARKS.search(tag + "".join(_outside_of_classes(name, value) for name, value in attrs)):
            self._say("A tag cannot hold {{ }} or {% %}. Write the whole tag twice, with {% if %} around each")
        elif tag not in _IN_TEXT and tag not in _INSIDE:
            self._say(f"<{tag}> cannot be used. There is {', '.join([*_INSIDE, *sorted(_IN_TEXT)])}")
        elif not self._fits(tag):
            self._say(f"<{tag}> cannot stand in {f'<{self.inside}>' if self._block != _HEADING else 'the heading'}")
        elif len(self.open) > _MOST_DEEP:
            self._say("Too many elements stand inside each other")
        for name, value in attrs:
            self._attribute(tag, name, value or "")
        if tag == "th" and "scope" not in dict(attrs):
            self._say('Write <th scope="col"> or <th scope="row">, so that the table can be read aloud')
        super().handle_starttag(tag, attrs)

    def _fits(self, tag: str) -> bool:
        if tag in _IN_TEXT:
            return self.inside not in _NO_TEXT and self._block != _HEADING
        return self.inside in _INSIDE[tag]

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if tag in _INSIDE or tag in _IN_TEXT:
            if name not in _ATTRIBUTES.get(tag, _CLASS):
                self._say(f"<{tag}> cannot have {_MARKS.sub('', name) or 'this'}")
            elif not _is_allowed(name, value.replace(_STATEMENT, "")):
                self._say(f'<{tag}> cannot have {name}="{_MARKS.sub("", value)}"')

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read ``<br/>`` as ``<br>``."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close an element, or note that it is not open."""
        if len(self.open) > 1 and self.inside == tag:
            self.open.pop()
        else:
            self._say(f"</{_MARKS.sub('', tag)}> closes nothing that is open")

    def handle_data(self, data: str) -> None:
        """Note text where none may stand, and signs that could become tags."""
        if "<" in data:
            self._say("Write &lt; for the sign <")
        if self._block and self.inside in _NO_TEXT and data.replace(_STATEMENT, "").strip():
            self._say(f"Text cannot stand directly in <{self.inside}>")

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self._say("Write a comment as {# ... #}" if data else "This is no HTML")

    def handle_decl(self, decl: str) -> None:
        """Note a declaration."""
        self.handle_comment(decl)

    def unknown_decl(self, data: str) -> None:
        """Note a declaration."""
        self.handle_comment(data)

    def handle_pi(self, data: str) -> None:
        """Note an instruction."""
        self.handle_comment(data)


def _outside_of_classes(name: str, value: str | None) -> str:
    """Return what of an attribute a template may not write into: all but whole words of a class under a condition."""
    return f"{name}{(value or '').replace(_STATEMENT, '') if name == 'class' else value}"


def faults_of_html(source: str, base: str) -> list[Fault]:
    """Return what is wrong with a letter's HTML. Raises TemplateSyntaxError when it cannot be read as a template."""
    found = _Check(_places(base))
    found.read(source)
    if found.rawdata:
        found.handle_comment("")
    return sorted(dict.fromkeys(found.faults))


@cache
def _classes() -> frozenset[str]:
    css = assets()["letter.css"][0].decode()
    return frozenset(re.findall(r"\.([a-z][a-z0-9-]*)", re.sub(r"\{[^}]*\}|/\*.*?\*/", " ", css, flags=re.DOTALL)))


def _is_allowed(name: str, value: str) -> bool:
    if name == "class":
        return _classes().issuperset(value.split())
    if name == "scope":
        return value in {"col", "row"}
    if name in {"colspan", "rowspan"}:
        return value.isascii() and value.isdigit() and 1 <= int(value) <= _MOST_COLUMNS
    if name == "src":
        return value.startswith(SCHEME)
    return name == "alt" or (name == "data-verbatim" and not value)


def cleaned(html: str) -> str:
    """Return a written letter with nothing in its body but what may stand there, whatever its text does.

    Raises TemplateProblem when it is nested too deeply to be drawn.
    """
    import nh3  # only the child that draws such letters needs it

    head, opening, rest = html.partition("<body>")
    body, closing, foot = rest.rpartition("</body>")
    tags = _OF_THE_BASE.union(_INSIDE, _IN_TEXT)
    clean = nh3.clean(
        body,
        tags=set(tags),
        attributes={tag: set(_ATTRIBUTES.get(tag, _CLASS)) for tag in tags},
        attribute_filter=lambda _, name, value: value if _is_allowed(name, value) else None,
        link_rel=None,
        url_schemes={SCHEME.rstrip(":")},
    )
    if _depth(clean) > _MOST_DEEP:
        raise TemplateProblem("too many elements stand inside each other")
    return head + opening + clean + closing + foot


def _depth(html: str) -> int:
    deep = deepest = 0
    for closing, void in re.findall(r"<(/?)(br|img)?[a-z0-9]*", html):
        deep += 0 if void else -1 if closing else 1
        deepest = max(deepest, deep)
    return deepest
