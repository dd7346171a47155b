"""What goes wrong with some visits, and how the payer answers: each with the facts on file and the kind of note to match.

A trouble changes the visit before it is billed. ``course`` tells what follows: see ``story``.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

from tracker.demo.services import SERVICES
from tracker.demo.visits import Line, Refusal, Visit

Spoil = Callable[[Visit], None]


class Trouble(NamedTuple):
    """A trouble, the payers and disciplines it happens with, and the courses it can take, the usual ones repeated."""

    name: str
    payers: frozenset[str]
    disciplines: frozenset[str]
    spoil: Spoil
    courses: tuple[str, ...]


def _too_many_units(visit: Visit) -> None:
    """One unit more than the minutes in the note carry."""
    place = next(n for n, line in enumerate(visit.lines) if SERVICES[line.code].timed)
    visit.lines[place].units += 2 if len(visit.lines) == 1 else 1
    visit.lines[place].minutes = 16 if visit.lines[place].units < 3 else 31
    for line in visit.lines[place + 1 :]:
        line.minutes = 15 * line.units
    visit.refusal = Refusal("CO-151", ("N362",), (place,), units=1)
    visit.note = "good"


def _no_therapy_modifier(visit: Visit) -> None:
    visit.lines[-1].modifiers = [m for m in visit.lines[-1].modifiers if m not in {"GP", "GO", "GN"}]
    visit.refusal = Refusal("CO-16", ("N822",), (len(visit.lines) - 1,), claim_remarks=("MA130",))
    visit.note = "good"


def _no_kx(visit: Visit) -> None:
    """Past the yearly threshold, and the modifier that says why more is needed was left out."""
    for line in visit.lines:
        line.modifiers.remove("KX")
    visit.refusal = Refusal("CO-119", ("N362",), claim_remarks=("MA01",))
    visit.note = "good"


def _pair_without_59(visit: Visit) -> None:
    """97760 beside 97140, or group exercise beside 97110: an NCCI pair that wants 59 or an X modifier."""
    modifier = visit.lines[0].modifiers[0]
    if modifier == "GO":
        visit.lines = [Line("97760", ["GO"], 1, 20), Line("97140", ["GO"], 1, 15)]
    else:
        visit.lines = [Line("97150", ["GP"], 1, 25), Line("97110", ["GP"], 1, 16)]
    visit.refusal = Refusal("CO-236", (), (1,))
    visit.note = "clock"


def _authorization_used_up(visit: Visit) -> None:
    visit.authorization = visit.authorization or f"AU{visit.control}"
    allowed = max(visit.number - 1, 1)
    visit.on_file["authorization"] = {
        "number": visit.authorization,
        "valid_from": visit.episode.first_day,
        "valid_to": visit.day + timedelta(days=40),
        "visits_allowed": allowed,
        "visits_used": visit.number,
    }
    visit.refusal = Refusal("CO-198", ("N640",))
    visit.note = "good"


def _no_authorization(visit: Visit) -> None:
    visit.authorization = ""
    visit.refusal = Refusal("CO-197", ("N54",), for_whole_claim=visit.episode.payer.key == "medicaid")
    visit.note = "good"


def _authorization_overlooked(visit: Visit) -> None:
    """The payer misses a number that is on the claim and in force."""
    visit.authorization = visit.authorization or f"AU{visit.control}"
    visit.on_file["authorization"] = {
        "number": visit.authorization,
        "valid_from": visit.episode.first_day,
        "valid_to": visit.day + timedelta(days=60),
        "visits_allowed": visit.number + 12,
        "visits_used": visit.number,
    }
    visit.refusal = Refusal("CO-197")
    visit.note = "good"


def _duplicate(visit: Visit) -> None:
    """The claim is sent twice; ``story`` sends the second one, which is denied."""
    visit.note = "good"


def _late(visit: Visit) -> None:
    visit.held_days = 100
    visit.refusal = Refusal("CO-29", ("N211",))


def _late_with_proof(visit: Visit) -> None:
    visit.held_days = 100
    visit.proof_on = visit.day + timedelta(days=6)
    visit.refusal = Refusal("CO-29", ("N211",))


def _not_covered(visit: Visit) -> None:
    visit.on_file["eligibility"] = {
        "active_from": visit.day - timedelta(days=300),
        "active_to": visit.day - timedelta(days=9),
        "checked_on": visit.day + timedelta(days=30),
    }
    visit.refusal = Refusal("CO-27", ("N30",))


def _other_payer_first(visit: Visit) -> None:
    visit.on_file["eligibility"] = {
        "active_from": visit.day - timedelta(days=200),
        "checked_on": visit.day + timedelta(days=25),
        "other_coverage": "Group health plan of the spouse's employer, primary",
    }
    visit.refusal = Refusal("CO-22", ("N4",), claim_remarks=("MA04",))


def _records_wanted(visit: Visit) -> None:
    visit.refusal = Refusal("CO-252", ("M127",), (len(visit.lines) - 1,))
    visit.note = "good"


def _thin_note(visit: Visit) -> None:
    visit.refusal = Refusal("CO-50", ("N115",))
    visit.note = "thin"


def _good_note(visit: Visit) -> None:
    visit.refusal = Refusal("CO-50", ("N115",), (0,))
    visit.note = "good"


def _unsigned_note(visit: Visit) -> None:
    visit.refusal = Refusal("CO-50", ("N115",), (0,))
    visit.note = "unsigned"


def _plan_not_certified(visit: Visit) -> None:
    visit.on_file["plan"] = {
        "established_on": visit.episode.first_day,
        "sent_to_physician_on": visit.episode.first_day + timedelta(days=2),
        "order_on_file": False,
        "duration_days": 60,
    }
    visit.refusal = Refusal("CO-50", ("N115",))
    visit.note = "good"


def _whole_charge_as_discount(visit: Visit) -> None:
    """The whole charge is called a contractual discount, which X12 does not allow."""
    visit.refusal = Refusal("CO-45", (), (len(visit.lines) - 1,))
    visit.note = "good"


def _for(*names: str) -> frozenset[str]:
    return frozenset(names)


_EVERY = _for("medicare", "advantage", "medicaid", "union", "prairie", "comp")
_ALL = _for("PT", "OT", "SLP")
_HANDS_ON = _for("PT", "OT")

TROUBLES = (
    Trouble("units_over_minutes", _EVERY - {"comp"}, _HANDS_ON, _too_many_units, ("corrected", "corrected", "open", "written_off")),
    Trouble("good_note", _for("medicare", "advantage", "union", "prairie"), _ALL, _good_note, ("appeal_won", "appeal_won", "open", "taken_back")),
    Trouble("authorization_used_up", _for("advantage", "prairie", "medicaid", "comp"), _ALL, _authorization_used_up, ("written_off", "open", "appeal_won")),
    Trouble("no_therapy_modifier", _for("medicare", "advantage", "medicaid"), _ALL, _no_therapy_modifier, ("corrected", "corrected", "corrected", "open")),
    Trouble("thin_note", _EVERY, _ALL, _thin_note, ("repeat", "written_off", "open")),
    Trouble("pair_without_59", _for("medicare", "union", "prairie"), _HANDS_ON, _pair_without_59, ("corrected", "corrected", "open")),
    Trouble("records_wanted", _EVERY, _ALL, _records_wanted, ("records_paid", "records_paid", "open")),
    Trouble("late_with_proof", _for("union", "prairie"), _ALL, _late_with_proof, ("appeal_won", "open")),
    Trouble("no_authorization", _for("advantage", "prairie", "medicaid", "comp"), _ALL, _no_authorization, ("written_off", "open", "open")),
    Trouble("duplicate", _EVERY, _ALL, _duplicate, ("duplicate", "duplicate", "open")),
    Trouble("no_kx", _for("medicare"), _HANDS_ON, _no_kx, ("corrected", "open")),
    Trouble("other_payer_first", _for("medicare", "union", "prairie"), _ALL, _other_payer_first, ("open", "other_payer")),
    Trouble("authorization_overlooked", _for("advantage", "prairie", "medicaid", "comp"), _ALL, _authorization_overlooked, ("appeal_won", "open")),
    Trouble("not_covered", _for("union", "prairie", "medicaid"), _ALL, _not_covered, ("patient_share", "open")),
    Trouble("late", _for("union", "prairie"), _ALL, _late, ("written_off", "written_off", "open")),
    Trouble("plan_not_certified", _for("medicare", "advantage"), _ALL, _plan_not_certified, ("open", "appeal_won")),
    Trouble("unsigned_note", _EVERY, _ALL, _unsigned_note, ("open", "appeal_won")),
    Trouble("whole_charge_as_discount", _for("union", "prairie", "comp"), _ALL, _whole_charge_as_discount, ("records_paid", "open")),
)  # fmt: skip
