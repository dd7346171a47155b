"""The frame of the pages that are made without a template of their own: notes, records, indexes, sheets to ask."""

from collections.abc import Iterable

from markupsafe import Markup

_DOCUMENT = Markup("""<!DOCTYPE html>
<html lang="en-US">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="author" content="{practice}">
<link rel="stylesheet" href="asset:{style}">
</head>
{body}</html>
""")
_ROW = Markup('<tr><th scope="row">{}</th><td>{}</td></tr>\n')


def document(title: str, practice: str, body: Markup, style: str = "letter.css") -> Markup:
    """Return a whole HTML document around a ``<body>`` that ends its line."""
    return _DOCUMENT.format(title=title, practice=practice, body=body, style=style)


def fact_rows(rows: Iterable[tuple[str, str]]) -> Markup:
    """Return the rows of a table of facts, each a name and its words; facts without words are left out."""
    return Markup("").join(_ROW.format(name, words) for name, words in rows if words)
