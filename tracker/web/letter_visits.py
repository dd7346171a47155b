"""Other visits of the patient on the letter page: offered, chosen by tick, taken into the letter."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import g

from tracker.knowledge import load
from tracker.models import Appeal, Denial
from tracker.services.appealing import AppealRefused
from tracker.services.joining import OtherVisit, other_visits, require_together
from tracker.services.letter_drafts import LetterInHand
from tracker.web.forms.letters import VisitsForm


class OfferedVisit(NamedTuple):
    """Another visit as the page shows it; ``cause`` names its suspected cause where the letter's is another one."""

    key: str
    visit: OtherVisit
    cause: str

    @property
    def codes(self) -> str:
        """The codes denied on the visit, each once."""
        return " ".join(dict.fromkeys(denial.code for denial in self.visit.denials if denial.code))


def offered_visits(hand: LetterInHand) -> list[OfferedVisit]:
    """Return the visits that could join a letter; none when it is signed."""
    if hand.letter.signed_at is not None:
        return []
    return [_offered(visit) for visit in other_visits(g.session, hand.rows.appeal, load())]


def _offered(visit: OtherVisit) -> OfferedVisit:
    first = visit.denials[0]
    cause = load().root_causes.get("" if visit.same_cause else first.root_cause)
    return OfferedVisit(first.public_id, visit, cause.title if cause else "")


def visits_form(offered: Sequence[OfferedVisit], **known: Any) -> VisitsForm:
    """Return the form that takes visits in; those with the letter's own cause are ticked until a person unticks them."""
    form = VisitsForm(prefix="visits-", **known)
    form.chosen.choices = [(one.key, one.key) for one in offered]
    if "formdata" in known:
        form.chosen.data = [one.key for one in offered if one.visit.same_cause]
    return form


def chosen_denials(
    form: VisitsForm, offered: Sequence[OfferedVisit], appeal: Appeal, own: Sequence[Denial]
) -> list[Denial]:
    """Return the denials of the ticked visits; none, with the reason as the form's error, when they cannot join."""
    ticked = set(form.chosen.data or ())
    denials = [denial for one in offered if one.key in ticked for denial in one.visit.denials]
    try:
        require_together(g.session, [*own, *denials], load(), appeal)
    except AppealRefused as refusal:
        form.chosen.errors = [str(refusal)]
        return []
    return denials
