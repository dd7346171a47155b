"""Forms of a page as a browser sends them: with all their fields as they stand, but those a test fills in."""

import re
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class _Forms(HTMLParser):
    """Collects the fields of every form, those named by ``form="id"`` too."""

    def __init__(self) -> None:
        super().__init__()
        self.actions: dict[int, str] = {}
        self.fields: dict[int, list[tuple[str, str]]] = {}
        self._by_id: dict[str, int] = {}
        self._later: list[tuple[str, str, str]] = []
        self._form: int | None = None
        self._select: tuple[str, str | None] | None = None
        self._chosen: list[str] = []
        self._first: str | None = None
        self._area: tuple[str, str | None, list[str]] | None = None

    def handle_starttag(self, tag: str, found: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in found}
        if tag == "form":
            self._form = len(self.actions)
            self.actions[self._form] = given.get("action", "")
            self.fields[self._form] = []
            if "id" in given:
                self._by_id[given["id"]] = self._form
        elif tag == "input":
            self._take_input(given)
        elif tag == "select":
            self._select, self._chosen, self._first = (given.get("name", ""), given.get("form")), [], None
        elif tag == "option" and self._select:
            self._first = given.get("value", "") if self._first is None else self._first
            if "selected" in given:
                self._chosen.append(given.get("value", ""))
        elif tag == "textarea":
            self._area = (given.get("name", ""), given.get("form"), [])

    def _take_input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"submit", "button", "file"} or (kind in {"checkbox", "radio"} and "checked" not in given):
            return
        self._add(given.get("name", ""), given.get("value", "on" if kind == "checkbox" else ""), given.get("form"))

    def _add(self, name: str, value: str, form: str | None) -> None:
        if name and form is not None:
            self._later.append((form, name, value))
        elif name and self._form is not None:
            self.fields[self._form].append((name, value))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select:
            for value in self._chosen or ([] if self._first is None else [self._first]):
                self._add(self._select[0], value, self._select[1])
            self._select = None
        elif tag == "textarea" and self._area:
            name, form, words = self._area
            self._add(name, re.sub(r"^\r?\n", "", "".join(words)), form)
            self._area = None

    def close(self) -> None:
        super().close()
        for form, name, value in self._later:
            self.fields[self._by_id[form]].append((name, value))


def fields_of(page: str, action: str) -> dict[str, list[str]]:
    """Return what the first form with this action would send."""
    forms = _Forms()
    forms.feed(page)
    forms.close()
    number = next((number for number, address in forms.actions.items() if address.split("?")[0] == action), None)
    assert number is not None, f"no form is sent to {action}: {sorted(set(forms.actions.values()))}"
    sent: dict[str, list[str]] = {}
    for name, value in forms.fields[number]:
        sent.setdefault(name, []).append(value)
    return sent


def send(client: FlaskClient, page: str, action: str, **changes: Any) -> TestResponse:
    """Open a page, fill in one of its forms and send it; a change to None leaves a field out."""
    answer = client.get(page)
    assert answer.status_code == 200, answer.text[:500]
    fields: dict[str, Any] = fields_of(answer.text, action)
    fields |= changes
    return client.post(action, data={name: value for name, value in fields.items() if value is not None})
