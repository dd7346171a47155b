"""Form fields as people here type: dates like 11/29/2026 and amounts in dollars."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from wtforms import Field, SelectField, StringField
from wtforms.validators import Length, Optional, Regexp
from wtforms.widgets import TextInput

from tracker.domain.money import MoneyError
from tracker.importers.typed import DateError, read_amount, read_date

# What an e-mail address is checked for; it may be left out.
EMAIL = (
    Optional(),
    Length(max=120),
    Regexp(r"[^@\s<>,]+@[^@\s<>,]+$", message="E-mail address must be like name@example.org"),
)


class DateField(Field):  # type: ignore[misc]  # WTForms has no types
    """A typed date; an empty field is None. What was typed is kept for the page when it is no date."""

    widget = TextInput()
    data: date | None

    @property
    def given(self) -> date:
        """The date of a field that was found not to be empty."""
        assert self.data is not None
        return self.data

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%m/%d/%Y}" if self.data else ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the text the browser sent."""
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = read_date(text)
            except DateError:
                raise ValueError(f"{self.label.text} must be a date like 11/29/2026") from None


class CountField(Field):  # type: ignore[misc]  # WTForms has no types
    """A typed whole number from 0; an empty field is None."""

    widget = TextInput()
    data: int | None

    def __init__(self, *args: Any, most: int = 9999, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else str(self.data)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the text the browser sent."""
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = None
        if not text:
            return
        if not text.isascii() or not text.isdigit() or int(text) > self.most:
            raise ValueError(f"{self.label.text} must be a whole number from 0 to {self.most:,}")
        self.data = int(text)


class TimeField(Field):  # type: ignore[misc]  # WTForms has no types
    """A typed time of day; an empty field is None."""

    widget = TextInput()
    data: time | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%I:%M %p}".lstrip("0") if self.data else ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the text the browser sent."""
        text = " ".join(str(valuelist[0]).upper().split()) if valuelist else ""
        self.data = None
        if not text:
            return
        for form in ("%I:%M %p", "%I:%M%p", "%H:%M"):
            try:
                self.data = datetime.strptime(text, form).time()  # noqa: DTZ007  # a time of day has no zone
            except ValueError:
                continue
            return
        raise ValueError(f"{self.label.text} must be a time like 9:05 AM")


class TextLineField(StringField):  # type: ignore[misc]  # WTForms has no types
    """One line of text without blanks around it; an empty field is an empty string."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the text the browser sent."""
        self.data = " ".join(str(valuelist[0]).split()) if valuelist else ""


class ChoiceField(SelectField):  # type: ignore[misc]  # WTForms has no types
    """One of a list; a mapping offers its keys under its values."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if isinstance(kwargs.get("choices"), Mapping):  # WTForms takes the values for labels of a dict alone
            kwargs["choices"] = dict(kwargs["choices"])
        kwargs.setdefault("invalid_choice_message", "Choose one of the list")
        kwargs.setdefault("invalid_value_message", "Choose one of the list")
        super().__init__(*args, **kwargs)


class AmountField(Field):  # type: ignore[misc]  # WTForms has no types
    """An amount in dollars as people type it; the data are cents."""

    widget = TextInput()
    data: int | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data // 100}.{self.data % 100:02d}" if self.data else ""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take the text the browser sent."""
        self.data = None
        with contextlib.suppress(MoneyError):
            self.data = read_amount(str(valuelist[0])) if valuelist else None
