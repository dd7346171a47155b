"""Segments and envelopes of X12 files that are written: elements put together in a sender's style."""

from collections.abc import Iterable
from datetime import date, datetime

from tracker.demo.x12_facts import Style
from tracker.domain.remittance import Person

STANDARD = Style()
CLEARINGHOUSE = "CLEARWATER"


class SegmentWriter:
    """Puts elements together in one style."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self._end = style.terminator + style.line_end

    def segment(self, *elements: str) -> str:
        """Return one segment, empty elements at its end left out."""
        return self.style.element.join(elements).rstrip(self.style.element) + self._end

    def composite(self, *parts: str) -> str:
        """Return one composite element."""
        return self.style.component.join(parts).rstrip(self.style.component)

    def file(
        self,
        group: str,
        kind: str,
        version: str,
        bodies: Iterable[list[str]],
        made_at: datetime,
        control_number: int,
        *,
        test: bool,
    ) -> bytes:
        """Return a whole interchange around the segments of each transaction."""
        day, time, control = f"{made_at:%Y%m%d}", f"{made_at:%H%M}", f"{control_number:09d}"
        sender, receiver = CLEARINGHOUSE.ljust(15), "REHABBILLER".ljust(15)
        blank = " " * 10
        header = (
            "ISA", "00", blank, "00", blank, "ZZ", sender, "ZZ", receiver, day[2:], time, self.style.repetition,
            "00501", control, "0", "T" if test else "P", self.style.component,
        )  # fmt: skip
        parts = [self.style.element.join(header) + self._end]
        parts.append(
            self.segment("GS", group, CLEARINGHOUSE, "REHABBILLER", day, time, str(control_number), "X", version)
        )
        count = 0
        for count, body in enumerate(bodies, start=1):
            number = f"{count:04d}"
            parts.append(self.segment("ST", kind, number, *([version] if kind == "837" else [])))
            parts += body
            parts.append(self.segment("SE", str(len(body) + 2), number))
        parts += [self.segment("GE", str(count), str(control_number)), self.segment("IEA", "1", control)]
        return "".join(parts).encode("latin-1")


def money(cents: int) -> str:
    """Return an amount as X12 has it, without zeros that are not needed: ``80``, ``12.5``, ``-0.04``."""
    whole, rest = divmod(abs(cents), 100)
    text = f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if cents < 0 else text


def quantity(number: float) -> str:
    """Return a quantity as X12 has it: ``2``, ``1.5``."""
    return f"{number:.3f}".rstrip("0").rstrip(".")


def day_text(day: date | None) -> str:
    """Return a date as CCYYMMDD, nothing for none."""
    return f"{day:%Y%m%d}" if day else ""


def named(writer: SegmentWriter, entity: str, person: Person) -> str:
    """Return the NM1 of a person."""
    member = ("MI", person.member_id) if person.member_id else ()
    return writer.segment(
        "NM1", entity, "1", person.last_name, person.first_name, person.middle_name, "", "", *member
    )  # fmt: skip
