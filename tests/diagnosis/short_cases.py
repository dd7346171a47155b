"""Cases in short, as rules' examples write them, made into denial-case/1 files and read by the real reader.

A line is written ``97110-GP-59 x2 @2026-08-03 $116.00 dx:1,2``; all but the code may be left out. The first line is
denied with ``said`` (``CO-151 N362``), lines named in ``paid`` are paid. ``docs``: tests/diagnosis/README.md.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from tracker.domain.case import Case
from tracker.importers.case_file import read_case

DAY = "2026-08-03"
_LINE = re.compile(
    r"(?P<code>\w{5})(?P<modifiers>(?:-\w\w)*)(?: x(?P<units>\d+))?(?: @(?P<day>[\d-]{10}))?(?: \$(?P<charge>[\d.]+))?(?: dx:(?P<pointers>[\d,]+))?"
)
_REASON = re.compile(r"(CO|PR|OA|PI)-(\w+)")
_NAMES = {"name": "Example payer", "counting_method": None, "requires_discipline_modifier": None, "filing_days": None}
_PLAN = {
    "established_on": None,
    "certified_on": None,
    "certified_by": None,
    "order_on_file": None,
    "sent_to_physician_on": None,
    "duration_days": None,
    "interventions": [],
    "last_progress_report_on": None,
    "treatment_days_since_progress_report": None,
}
_AUTHORIZATION = {
    "number": None,
    "from": None,
    "to": None,
    "visits_allowed": None,
    "visits_used": None,
    "codes": [],
    "units_allowed": None,
}
_ELIGIBILITY = {
    "active_from": None,
    "active_to": None,
    "checked_on": None,
    "other_coverage": None,
    "visit_limit": None,
    "visits_used": None,
}
_THERAPISTS = {"GP": ("J. Cole PT, DPT", "PT"), "GO": ("M. Vance OTR/L", "OT"), "GN": ("R. Ellery MS, CCC-SLP", "SLP")}


def short_case(facts: Mapping[str, Any]) -> Case:
    """Return the case that ``facts`` describe."""
    return read_case(json.dumps(case_file(facts), default=str).encode())


def case_file(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``facts`` as the object of a case file."""
    day = str(facts.get("on", DAY))
    lines = [_line(text, number, day) for number, text in enumerate(facts["lines"], 1)]
    payer = facts.get("payer", "commercial")
    payer = payer if isinstance(payer, Mapping) else {"kind": payer}
    modifier = next((each for line in lines for each in line["modifiers"] if each in _THERAPISTS), "GP")
    name, discipline = _THERAPISTS[modifier]
    rendering = {"name": name, "npi": "1003000126", "credential": name.split()[-1], "discipline": discipline}
    referring = facts.get("referring", {"name": "A. Osei MD", "npi": "1003000134"})
    return {
        "schema": "denial-case/1",
        "case_id": str(facts.get("case_id", "E-1")),
        "payer": {**_NAMES, "appeal_days": None, **payer},
        "practice": {"setting": facts.get("setting", "practitioner"), "billing_npi": "1003000142", "name": "Example"},
        "patient": {"id": "P-1", "birth_date": "1960-05-01", "sex": "F", "member_id": "M1"},
        "claim": {
            "control_number": "C-1",
            "payer_claim_number": "PC-1",
            "frequency_code": facts.get("frequency", "1"),
            "submitted_on": str(facts.get("submitted_on", day)),
            "place_of_service": facts.get("place", "11"),
            "diagnoses": list(facts.get("diagnoses", ["M54.51"])),
            "prior_authorization": facts.get("claim_authorization"),
            "referring_provider": _known(referring) if referring else None,
            "rendering_provider": _known(facts.get("rendering", rendering)),
            "lines": lines,
        },
        "remittance": _remittance(facts, lines),
        "notes": _notes(facts, day, name),
        "history": _history(facts, day),
    }


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    """TOML has no null: an empty text stands for what is not known."""
    return {name: None if value == "" else value for name, value in values.items()}


def _line(text: str, number: int, day: str) -> dict[str, Any]:
    match = _LINE.fullmatch(text)
    assert match, text
    return {
        "line": number,
        "service_date": match["day"] or day,
        "code": match["code"],
        "modifiers": [each for each in match["modifiers"].split("-") if each],
        "units": int(match["units"] or 1),
        "charge": match["charge"] or "60.00",
        "diagnosis_pointers": [int(each) for each in (match["pointers"] or "1").split(",")],
    }


def _remittance(facts: Mapping[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    reasons = _REASON.findall(facts.get("said", "CO-50"))
    remarks = [word for word in facts.get("said", "").split() if not _REASON.fullmatch(word)]
    typed = [{"group": group, "carc": carc, "amount": amount} for group, carc, amount in _typed(facts)]
    payment = {"paid": "30.00", "allowed": "30.00", "remarks": [], **facts.get("payment", {})}
    answers = []
    for line in lines:
        if line["line"] in facts.get("paid", []):
            answers.append({"line": line["line"], "adjustments": typed, **payment})
        elif line["line"] == 1 or line["line"] in facts.get("denied", []):
            denied = [{"group": group, "carc": carc, "amount": line["charge"]} for group, carc in reasons[:1]]
            answers.append(
                {"line": line["line"], "paid": "0.00", "allowed": "0.00", "adjustments": denied, "remarks": remarks}
            )
    return {
        "payment_date": str(facts.get("payment_date", "2026-08-28")),
        "trace_number": "T-1",
        "claim_status": "1",
        "claim_adjustments": [],
        "claim_remarks": list(facts.get("claim_remarks", [])),
        "lines": answers,
    }


def _typed(facts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    found = []
    for text in facts.get("adjustments", ["CO-45 30.00"]):
        code, amount = text.split()
        group, carc = code.split("-")
        found.append((group, carc, amount))
    return found


def _notes(facts: Mapping[str, Any], day: str, author: str) -> list[dict[str, Any]]:
    notes = [dict(note) for note in facts.get("notes", [])]
    if "note" in facts:
        notes.insert(
            0, {"text": facts["note"], "kind": facts.get("note_kind", "daily"), "by": facts.get("note_by", author)}
        )
    return [
        {
            "kind": note.get("kind", "daily"),
            "service_date": str(note.get("on", day)),
            "author": note.get("by", author),
            "text": note["text"],
        }
        for note in notes
    ]


def _history(facts: Mapping[str, Any], day: str) -> dict[str, Any]:
    optional = {
        "authorization": _whole(facts, "authorization", _AUTHORIZATION),
        "eligibility": _whole(facts, "eligibility", _ELIGIBILITY),
        "abn": facts.get("abn"),
        "submissions": [_known(each) for each in facts.get("submissions", [])],
        "appeals": list(facts.get("appeals", [])),
        "records_requests": [_known(each) for each in facts.get("records_requests", [])],
    }
    return {
        "other_claims": [
            {
                "control_number": f"O-{number}",
                "submitted_on": str(claim.get("submitted_on", day)),
                "payer": "Example payer",
                "lines": [_line(text, at, day) for at, text in enumerate(claim["lines"], 1)],
                "outcome": claim["outcome"],
            }
            for number, claim in enumerate(facts.get("other_claims", []), 1)
        ],
        "plan_of_care": _whole(facts, "plan", _PLAN),
        "therapy_allowed_year_to_date": facts.get("year_to_date"),
        "as_of": str(facts.get("as_of", "2026-09-02")),
        **{name: value for name, value in optional.items() if value},
    }


def _whole(facts: Mapping[str, Any], name: str, empty: Mapping[str, Any]) -> dict[str, Any] | None:
    return {**empty, **facts[name]} if name in facts else None
