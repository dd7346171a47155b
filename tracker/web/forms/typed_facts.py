"""The fields for facts a person types for one letter, made from what its letter.toml lists."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from itertools import groupby
from typing import Any, NamedTuple

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms.validators import Length

from tracker.letters.catalog import LetterTemplate
from tracker.letters.facts import LetterFacts
from tracker.letters.typed import TypedFact, TypedGroup, on_file
from tracker.web.forms.fields import AmountField, ChoiceField, CountField, DateField, TextLineField, TimeField

_MOST = 300


class CentsField(AmountField):
    """An amount that is refused with a reason when it is none."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the text the browser sent."""
        super().process_formdata(valuelist)
        if self.data is None and valuelist and str(valuelist[0]).strip():
            raise ValueError(f"{self.label.text} must be an amount like 1,284.50")


_FIELDS: Mapping[str, Any] = {"date": DateField, "time": TimeField, "amount": CentsField, "count": CountField}


class FieldGroup(NamedTuple):
    """Fields under one title, each with its hint."""

    title: str
    fields: tuple[tuple[Any, str], ...]


class FieldSection(NamedTuple):
    """Groups of the same thing; ``used`` says that something was typed or is wrong."""

    title: str
    groups: tuple[FieldGroup, ...]
    used: bool


class TypedFactsForm(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """The typed facts of one letter; ``of`` makes it with the letter's fields."""

    paths: Mapping[str, str]
    letter: LetterTemplate

    @classmethod
    def of(cls, template: LetterTemplate, known: Mapping[str, str] | None = None) -> "TypedFactsForm":
        """Return the form as sent, or showing the ``known`` typed facts (path to text)."""
        facts = [fact for group in template.typed for fact in group.facts]
        paths = {fact.path: fact.path.replace(".", "-") for fact in facts}
        fields = {paths[fact.path]: _field(fact) for fact in facts}
        form_class: Callable[..., TypedFactsForm] = type(
            "LettersFactsForm", (cls,), fields | {"paths": paths, "letter": template}
        )
        if known is None:
            return form_class(prefix="f-")
        data = {paths[fact.path]: _data(fact, known.get(fact.path, "")) for fact in facts}
        return form_class(formdata=None, prefix="f-", data=data)

    @classmethod
    def of_texts(cls, template: LetterTemplate, texts: Mapping[str, str]) -> "TypedFactsForm":
        """Return the form as if it had been sent with these facts (path to text as ``texts`` gives them)."""
        form = cls.of(template, {})
        kinds = {fact.path: fact.kind for group in template.typed for fact in group.facts}
        for path, text in texts.items():
            typed = f"{int(text) / 100:.2f}" if kinds[path] == "amount" and text.isascii() and text.isdigit() else text
            form[form.paths[path]].process(MultiDict({form[form.paths[path]].name: typed}))
        return form

    def texts(self) -> dict[str, str]:
        """Return what was typed, path to text; dates and times are ISO, amounts cents. Empty fields are empty."""
        return {path: _text(self[name].data) for path, name in self.paths.items()}

    def sections(self, facts: LetterFacts) -> list[FieldSection]:
        """Return the fields as the page shows them; an empty one says what the letter takes from the records."""
        return [
            self._section(title, list(groups), facts)
            for title, groups in groupby(self.letter.typed, lambda each: each.section)
        ]

    def _section(self, title: str, groups: Sequence[TypedGroup], facts: LetterFacts) -> FieldSection:
        shown = tuple(
            FieldGroup(group.title, tuple(self._with_hint(fact, facts) for fact in group.facts)) for group in groups
        )
        used = any(field.data or field.errors for group in shown for field, _ in group.fields)
        return FieldSection(title, shown, used)

    def _with_hint(self, fact: TypedFact, facts: LetterFacts) -> tuple[Any, str]:
        field = self[self.paths[fact.path]]
        known = "" if field.data or fact.kind in {"choice", "amount"} else on_file(facts, fact.path)
        return field, f"On file: {known}. Type here to say otherwise in this letter" if known else fact.hint

    def places(self) -> dict[str, str]:
        """Return where on the page a fact is typed: its path without row numbers to the field's id."""
        found: dict[str, str] = {}
        for path, name in self.paths.items():
            plain = ".".join(part for part in path.split(".") if not part.isdigit())
            found.setdefault(plain, self[name].id)
        return found


def _field(fact: TypedFact) -> Any:
    if fact.kind == "choice":
        return ChoiceField(fact.label, choices=dict(fact.choices))
    if fact.kind in _FIELDS:
        return _FIELDS[fact.kind](fact.label)
    short = Length(max=_MOST, message=f"{fact.label} must be {_MOST} characters or fewer")
    return TextLineField(fact.label, [short], render_kw={"size": 36})


def _data(fact: TypedFact, text: str) -> Any:
    if not text:
        return None if fact.kind in _FIELDS else ""
    if fact.kind == "date":
        return date.fromisoformat(text)
    if fact.kind == "time":
        return time.fromisoformat(text)
    return int(text) if fact.kind in {"amount", "count"} else text


def _text(value: Any) -> str:
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)
