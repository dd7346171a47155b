"""What a clinical document (C-CDA, FHIR) says of a note, and how it stands in the note's text."""

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DocumentNote:
    """A note out of a document: whom and which day it is about, who wrote it, its sections as title and text."""

    last_name: str
    first_name: str
    birth_date: date | None
    visit_date: date | None
    author: str
    sections: tuple[tuple[str, str], ...]
    title: str = ""

    def as_text(self) -> str:
        """Return the note as text: the document's facts as labelled lines, then each section under its title.

        The labels are those by which the reading of notes finds who and when.
        """
        facts = [
            f"Patient: {self.last_name}, {self.first_name}" if self.last_name else "",
            f"Date of birth: {self.birth_date:%m/%d/%Y}" if self.birth_date else "",
            f"Date of service: {self.visit_date:%m/%d/%Y}" if self.visit_date else "",
            f"Author: {self.author}" if self.author else "",
        ]
        parts = ["\n".join(filter(None, facts))]
        parts += [f"{title}\n{text}".strip() for title, text in self.sections if text.strip()]
        return "\n\n".join(filter(None, parts))


def hl7_day(text: str) -> date | None:
    """Return the day of an HL7 time like ``20260914`` or ``202609141030-0500``, or of an ISO one; None if it is none."""
    match = re.match(r"(\d{4})-?(\d{2})-?(\d{2})", text, re.ASCII)
    try:
        return date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None
