"""A note beside an earlier one of the same patient: what is the same, and what changed."""

from collections.abc import Sequence

from flask import Blueprint, abort, g, render_template, request

from tracker.domain.access import Action
from tracker.models import Denial, Note
from tracker.reports.denial_notes import linked_notes
from tracker.reports.denial_page import find_denial
from tracker.reports.dose_changes import dose_changes
from tracker.reports.note_likeness import earlier_notes, likeness, most_alike, side_by_side
from tracker.services.notes import KINDS
from tracker.web.access import needs

blueprint = Blueprint("comparing", __name__)

_OFFERED = 50


@blueprint.get("/denials/<public_id>/compare")
@needs(Action.WORK_QUEUE)
def show(public_id: str) -> str:
    """Show a note of the denied claim beside an earlier one: those the address names, else the most alike."""
    denial = find_denial(g.session, public_id)
    if denial is None:
        abort(404)
    note = _note(denial)
    offered = earlier_notes(g.session, note, _OFFERED) if note else ()
    earlier = _earlier(note, offered) if note else None
    return render_template(
        "denials/compare.html",
        denial=denial,
        note=note,
        offered=offered,
        like=likeness(note, earlier) if note and earlier else None,
        rows=side_by_side(earlier.text, note.text) if note and earlier else (),
        doses=dose_changes(earlier.text, note.text) if note and earlier else (),
        kinds=KINDS,
    )


def _note(denial: Denial) -> Note | None:
    linked = [note for note, _ in linked_notes(g.session, denial.practice_id, denial.claim_id)]
    asked = request.args.get("note")
    if asked is None:
        return linked[-1] if linked else None
    found = next((note for note in linked if note.public_id == asked), None)
    return found if found is not None else abort(404)


def _earlier(note: Note, offered: Sequence[Note]) -> Note | None:
    asked = request.args.get("earlier")
    if asked is None:
        best = most_alike(note, offered)
        return best.note if best else next(iter(offered), None)
    found = next((each for each in offered if each.public_id == asked), None)
    return found if found is not None else abort(404)
