"""What an appeal packet needs and what of it is there."""

from typing import NamedTuple

from tracker.domain.money import dollars
from tracker.letters.words import and_list
from tracker.reports.denial_page import DenialPage


class PacketTask(NamedTuple):
    """One part of the packet. ``state`` is Ready, Missing, Not started, Draft, Signed or Optional."""

    label: str
    state: str

    @property
    def tone(self) -> str:
        """Return the tag's tone: finished work is plain, so that unfinished work stands out."""
        return {"Missing": "warn", "Draft": "info"}.get(self.state, "none")

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in {"Ready", "Signed"}


def packet_tasks(page: DenialPage) -> list[PacketTask]:
    """Return the parts of the packet in their order."""
    tasks = [PacketTask("Appeal letter", _letter_state(page)), PacketTask(_remittance_label(page), _remittance(page))]
    visit = page.denial.service_date
    visit_words = f" {visit:%m/%d/%Y}" if visit else ""
    has_note = any(view.note.service_date == visit for view in page.notes)
    tasks.append(PacketTask(f"Note of the visit{visit_words}", "Ready" if has_note else "Missing"))
    has_plan = any(view.note.kind in {"plan_of_care", "evaluation"} for view in page.notes)
    tasks.append(PacketTask("Plan of care", "Ready" if has_plan else "Optional"))
    return tasks


def _letter_state(page: DenialPage) -> str:
    letters = [view.letter for view in page.appeals if view.letter is not None]
    if not letters:
        return "Not started"
    return "Signed" if letters[0].signed_at is not None else "Draft"


def _remittance(page: DenialPage) -> str:
    return "Ready" if page.denial.source == "835" else "Missing"


def _remittance_label(page: DenialPage) -> str:
    numbers = [view.line.line for view in page.denied_lines]
    denied = sum(view.denied_cents for view in page.denied_lines)
    if not numbers:
        return "Remittance"
    word = "line" if len(numbers) == 1 else "lines"
    return f"Remittance, {word} {and_list(numbers)}, {dollars(denied)}"
