"""Texts of letters that try to read, to reach out, or never to end (security.md 1.8 and 1.9)."""

import math

_FIFTY = ",".join("1" * 50)
_LOOPS = "{% for a in [" + _FIFTY + "] %}{% for b in [" + _FIFTY + "] %}"
_END = "{% endfor %}{% endfor %}"

# Expressions a template engine of others fell for: each is refused with its line, and never run.
EXPRESSIONS = (
    "{{ ''.__class__.__mro__ }}", "{{ ''['__class__'] }}", "{{ ''['\\x5f\\x5fclass\\x5f\\x5f'] }}",
    "{{ ''|attr('__class__') }}", "{{ patient|attr('__class__') }}", "{{ patient.__class__ }}",
    "{{ patient['__init__'] }}", "{{ patient[patient.name] }}", "{{ self.__init__.__globals__ }}", "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__ }}", "{{ joiner() }}", "{{ namespace(a=1) }}", "{{ lipsum(n=200000) }}", "{{ lipsum.__globals__ }}",
    "{{ dict(a=1) }}", "{{ range(999999999) }}", "{% for i in range(999999999) %}x{% endfor %}",
    "{{ '{0.__class__}'.format(patient) }}", "{{ '{a.__class__}'.format_map({'a': patient}) }}", "{{ '%s'|format(1) }}",
    "{{ '%999999999d'|format(1) }}", "{{ '%999999999d' % 1 }}", "{{ 'A'*1000000000 }}", "{{ 9**99999999 }}", "{{ [1]*999 }}",
    "{{ 'a'|center(900000000) }}", "{{ 'a'.ljust(900000000) }}", "{{ 'a'|indent(900000000) }}", "{{ 'a'|wordwrap(1) }}",
    "{{ 'aaaa'|replace('a', 'b') }}", "{{ patient|tojson }}", "{{ patient|pprint }}", "{{ patient|string }}", "{{ patient|list }}",
    "{{ lines|map(attribute='__class__') }}", "{{ lines|map('attr', '__class__') }}", "{{ lines|selectattr('code') }}",
    "{{ lines|groupby('code') }}", "{{ lines|sum(attribute='units') }}", "{{ '<b>'|safe }}", "{{ {'a': 1}|xmlattr }}",
    "{{ patient.delete() }}", "{{ quotes.append(quotes) }}", "{{ quotes.session.delete() }}", "{{ patient.name.upper() }}",
    "{{ config }}", "{{ request }}", "{{ session }}", "{{ g }}", "{{ url_for }}", "{{ get_flashed_messages() }}",
    "{% include 'base.html' %}", "{% import 'base.html' as a %}", "{% from 'base.html' import a %}", "{% extends '/etc/passwd' %}",
    "{% macro a() %}{{ a() }}{% endmacro %}", "{% call paragraph('ask') %}x{% endcall %}", "{% filter capital %}x{% endfilter %}",
    "{% autoescape false %}<b>{% endautoescape %}", "{% with a = 1 %}x{% endwith %}", "{% set a %}x{% endset %}",
    "{% set patient.name = 'x' %}", "{% for a in lines recursive %}{{ loop(lines) }}{% endfor %}", "{{ self.body() }}",
    "{% block points %}{{ self.points() }}{% endblock %}", "{{ super.__self__ }}", "{{ loop.__class__ }}",
    "{% set a = 'xx' ~ 'yy' %}{% set b = a ~ a %}", "{% for a in ['xx' ~ 'yy'] %}{{ a ~ a }}{% endfor %}", "{{ paragraph }}",
    "{{ paragraph(patient.name) }}", "{{ exhibit('../x') }}", "{{ gap('a', 'b') }}", "{{ about(*lines) }}", "{{ about(**patient) }}",
    "{% for a in lines %}{% for b in lines %}{% for c in lines %}{% for d in lines %}x" + "{% endfor %}" * 4,
    "{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}", "{{ " + "-" * 3000 + "1 }}", "{{ [" + "1," * 99 + "] }}",
)  # fmt: skip

# HTML that loads, styles, scripts, or takes WeasyPrint more than 20 s.
MARKUP = (
    '<img alt="" src="file:///etc/passwd">', '<img alt="" src="http://127.0.0.1:9/x">', '<img src="data:image/png;base64,x">',
    '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">', '<link rel="attachment" href="file:///etc/passwd">',
    '<a rel="attachment" href="file:///etc/passwd">x</a>', '<a href="javascript:alert(1)">x</a>', '<base href="file:///etc/">',
    '<style>@import url("http://127.0.0.1:9/x.css");</style>', "<style>body { columns: 100000 }</style>",
    '<p style="font-size:1e9px">x</p>', '<div style="display:flex">' * 12, '<embed src="http://127.0.0.1:9/x">',
    '<object data="file:///etc/passwd"></object>', '<iframe src="//x"></iframe>', "<script>alert(1)</script>",
    '<svg><defs><g id="a"></g></defs><use href="#a"/></svg>', '<svg><image href="file:///etc/passwd"/></svg>',
    "<math><mi>x</mi></math>", '<form action="//x"><input></form>', '<meta http-equiv="refresh" content="0;url=//x">',
    "<table><tbody><tr><td colspan=1000000>x</td></tr></tbody></table>",
    '<table><tbody><tr><td rowspan="65534">x</td></tr></tbody></table>', "<table><tbody><tr><td><table></table></td></tr></tbody></table>",
    '<p onclick="alert(1)">x</p>', '<p id="x">x</p>', '<p class="record">x</p', '<p class="nothing-known">x</p>', "<!-- x -->",
    "<![CDATA[x]]>", "<!DOCTYPE html>", "<?xml version='1.0'?>", "<{{ 'script' }}>alert(1)</{{ 'script' }}>",
    "<{% if true %}script{% endif %}>alert(1)</script>", '<p class="{{ patient.name }}">x</p>', "<p {{ patient.name }}>x</p>",
    '<p class="grid{% if late %}" onclick="x{% endif %}">x</p>', '<p {% if false %}title="{% endif %} onclick="alert(1)">x</p>', "<p>a < b</p>", "<p", "</p>", "<p>never closed",
    "<ul><p>x</p></ul>", "<ul>x</ul>", "<table>x</table>", "<table><tbody><tr><th>x</th></tr></tbody></table>",
    "{% for line in lines %}<section>{% endfor %}", "<section>" * 40 + "</section>" * 40, "<q>" * 3000 + "</q>" * 3000,
)  # fmt: skip

# What is written in allowed forms and never ends, or eats memory: given up in a child.
ENDLESS = {
    "loops": _LOOPS + "{% for c in [" + _FIFTY + "] %}<p>some words for a page</p>{% endfor %}" + _END,
    "rows": '<table class="grid"><tbody>' + _LOOPS + "<tr>" + "<td>x</td>" * 6 + "</tr>" + _END + "</tbody></table>",
    "pages": _LOOPS + "<p>x" + "<br>" * 9 + "</p>" + _END,
    "comparing": "".join(
        "{% for a in [" + _FIFTY + "] %}{% for b in [" + _FIFTY + "] %}{% for c in [" + _FIFTY + "] %}"
        "{% if [" + "a,b,c," * 16 + "a] == [" + "a,b,c," * 16 + "b] and c == 51 %}x{% endif %}"
        "{% endfor %}{% endfor %}{% endfor %}"
        for _ in range(math.floor(59_000 / 750))
    ),
    "word": "<p>" + "x" * 58_000 + "</p>",
    "joined": "{% for a in ['" + "x" * 30_000 + "'] %}{{ " + " ~ ".join(["a"] * 4000) + " }}{% endfor %}",
    "lists": "{% set a = '" + "x" * 30_000 + "' %}"
    + "".join("{% set " + new + " = [" + ",".join([old] * 50) + "] %}" for old, new in ("ab", "bc", "cd", "de"))
    + "{{ e | and_list }}",
}  # fmt: skip


def body_of(inside: str, heading: str = "Appeal") -> str:
    """A letter's HTML with this in its body, which begins on line 4."""
    return (
        f'{{% extends "base.html" %}}\n{{% block heading %}}{heading}{{% endblock %}}\n{{% block body %}}\n{inside}\n'
        "{% endblock %}"
    )
