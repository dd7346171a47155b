"""A year of answered lines and of the work on their denials, always the same: what the insights page is measured over.

Twenty payers deny nine of a hundred lines for eighteen reasons. Four of five denials are closed; the open ones are at any
status, some past their last day. Six people own them, act on most, appeal a sixth, and save each letter several times.
"""

import random
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from tests import build
from tests.benchmarks.bench_queue import CODES, STATUSES
from tracker.db import insert_rows
from tracker.knowledge import load
from tracker.models import (
    Appeal,
    AppealDenial,
    Base,
    Claim,
    ClaimLine,
    Denial,
    Event,
    Letter,
    LetterText,
    Outcome,
    Patient,
    Practice,
    Provider,
)
from tracker.models.base import new_public_id, take_ids
from tracker.models.denial import ACTED_ON

LINES, DENIED_OF_A_HUNDRED, PRACTICES, PAYERS = 1_000_000, 9, 3, 20
_LINES_OF_A_CLAIM, _PATIENTS, _THERAPISTS = 4, 500, 8
_RESULTS = ["overturned"] * 4 + ["partly"] * 2 + ["upheld"] * 3 + ["dismissed"]
_Row = dict[str, Any]


class Cast(NamedTuple):
    """Who works, who pays, and the causes there are (none for what is not classified)."""

    people: list[int]
    payers: list[int]
    causes: list[str]


def fill(session: Session, lines: int = LINES) -> None:
    """Fill a database; alice leads all of its practices."""
    chance = random.Random(11)  # the same rows on every run
    places = [build.practice(session, f"Practice {number}") for number in range(PRACTICES)]
    people = [build.user(session, name, *places, role="lead").id for name in ("alice", "bob", "dan", "eve", "fay")]
    payers = [build.payer(session, f"Payer {number}").id for number in range(PAYERS)]
    cast = Cast(people, payers, ["", *load().root_causes])
    for place in places:
        months = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
        place.submitted_claims = dict.fromkeys(months, lines // PRACTICES // _LINES_OF_A_CLAIM // 12)
        _fill_practice(session, place, lines // PRACTICES, chance, cast)


def _fill_practice(session: Session, place: Practice, count: int, chance: random.Random, cast: Cast) -> None:
    patients, therapists = take_ids(_PATIENTS), take_ids(_THERAPISTS)
    _insert(session, place, Patient, (_patient(one) for one in patients))
    _insert(session, place, Provider, (
        {"id": one, "npi": f"{number:010}", "name": f"Therapist {number}", "credential": "PT", "discipline": "PT",
         "taxonomy": ""}
        for number, one in enumerate(therapists)
    ))  # fmt: skip
    ids = take_ids(count // _LINES_OF_A_CLAIM + 1)
    claims = [
        _claim(one, number, cast.payers[number % PAYERS], patients[number % _PATIENTS], chance.choice(therapists))
        for number, one in enumerate(ids)
    ]
    _insert(session, place, Claim, claims)
    answered = [build.TODAY - timedelta(days=chance.randrange(360)) for _ in claims]
    lines = [
        _line(one, number, claims[number // _LINES_OF_A_CLAIM], answered[number // _LINES_OF_A_CLAIM])
        for number, one in enumerate(take_ids(count))
    ]
    _insert(session, place, ClaimLine, lines)
    patient_of = {claim["id"]: claim["patient_id"] for claim in claims}
    denied = [line for line in lines if chance.randrange(100) < DENIED_OF_A_HUNDRED]
    denials = [
        _denial(one, number, line, patient_of[line["claim_id"]], chance, cast)
        for number, (one, line) in enumerate(zip(take_ids(len(denied)), denied, strict=True))
    ]
    _insert(session, place, Denial, denials)
    _work(session, place, denials, chance, cast)


def _insert(session: Session, place: Practice, model: type[Base], rows: Iterable[_Row]) -> None:
    """Insert rows of one practice; all of them name the same columns."""
    rows = list(rows)
    columns = ("practice_id", *rows[0])
    insert_rows(session, model, columns, [(place.id, *row.values()) for row in rows])
    if session.connection().dialect.name == "postgresql":
        # Checking foreign keys into a table it knows nothing of, PostgreSQL reads all of a practice's rows for each row.
        session.connection().exec_driver_sql(f"ANALYZE {model.__tablename__}")


def _patient(one: int) -> _Row:
    return {
        "id": one, "public_id": new_public_id(), "last_name": "Quill", "first_name": "Nora", "middle_name": "",
        "birth_date": None, "sex": "", "member_id": f"W{one}", "match_key": f"{one}", "name_key": f"{one}",
        "member_key": "", "version": 1,
    }  # fmt: skip


def _claim(one: int, number: int, payer: int, patient: int, therapist: int) -> _Row:
    return {
        "id": one, "public_id": new_public_id(), "payer_id": payer, "patient_id": patient,
        "rendering_provider_id": therapist, "import_id": None, "source": "835", "control_number": f"C{number}",
        "control_key": f"C{number}", "payer_claim_number": f"P{number}", "charge_cents": 40_000,
        "place_of_service": "11", "frequency_code": "1", "original_reference": "", "prior_authorization": "",
        "filing_code": "", "diagnoses": "", "referring_name": "", "referring_npi": "", "submitted_on": None,
        "service_from": None, "service_to": None, "version": 1,
    }  # fmt: skip


def _line(one: int, number: int, claim: _Row, day: date) -> _Row:
    return {
        "id": one, "claim_id": claim["id"], "payer_id": claim["payer_id"], "line": number % _LINES_OF_A_CLAIM + 1,
        "code": "97110", "modifiers": "GP", "units": 2.0, "charge_cents": 10_000, "diagnosis_pointers": "",
        "service_date": day - timedelta(days=20), "service_to": None, "control_number": "", "first_remit_on": day,
    }  # fmt: skip


def _denial(one: int, number: int, line: _Row, patient: int, chance: random.Random, cast: Cast) -> _Row:
    """A denial of a line: nine of ten at its first answer, the rest up to a month later."""
    is_open = chance.random() < 0.2
    status = chance.choice(STATUSES) if is_open else "closed_paid"
    day = line["first_remit_on"]
    on = day if chance.random() < 0.9 else min(build.TODAY, day + timedelta(days=chance.randrange(1, 30)))
    closed = None if is_open else min(build.TODAY, on + timedelta(days=chance.randrange(3, 120)))
    reason = "" if is_open else chance.choice(["recovered"] * 6 + ["written_off"] * 3 + ["not_a_denial"])
    group, carc = chance.choice(CODES)
    due = None if chance.random() < 0.05 else build.TODAY + timedelta(days=chance.randrange(-20, 170))
    return {
        "id": one, "public_id": new_public_id(), "number": 1001 + number, "claim_id": line["claim_id"],
        "claim_line_id": line["id"], "patient_id": patient, "payer_id": line["payer_id"], "import_id": None,
        "owner_id": chance.choice([None, None, *cast.people]), "code": line["code"], "service_date": line["service_date"],
        "group_code": group, "carc": carc, "remarks": "N362", "denial_class": "denied",
        "amount_cents": chance.randrange(3_000, 90_000), "billed_cents": 90_000, "denied_on": on,
        "times_denied": chance.choice([1, 1, 1, 1, 2, 3]), "status": status, "is_open": is_open, "close_reason": reason,
        "closed_on": closed, "recovered_cents": 5_000 if reason == "recovered" else 0, "clock": "file_by", "clock_rule": "",
        "file_by_safe": due, "file_by_legal": due, "due_on": None if status in ACTED_ON else due,
        "root_cause": chance.choice(cast.causes), "strength": "likely", "path": "appeal", "diagnosed_with": "",
        "cause_chosen_by_id": chance.choice([None, *cast.people]), "source": "835", "created_at": build.NOW,
        "notice_on": on, "extension_days": 0, "write_off": "", "version": 1,
    }  # fmt: skip


def _work(session: Session, place: Practice, denials: list[_Row], chance: random.Random, cast: Cast) -> None:
    """Comments and changes on two of three denials, appeals of a sixth of them."""
    touched = [denial for denial in denials if chance.random() < 0.66]
    _insert(session, place, Event, (
        _event(one, "comment", "denial", denial["id"], _later(denial["denied_on"], chance), chance.choice(cast.people))
        for one, denial in zip(take_ids(len(touched)), touched, strict=True)
    ))  # fmt: skip
    appealed = [denial for denial in touched if chance.random() < 0.25]
    appeals = [
        _appeal(one, number, denial, chance, cast)
        for number, (one, denial) in enumerate(zip(take_ids(len(appealed)), appealed, strict=True))
    ]
    _insert(session, place, Appeal, appeals)
    links = [
        {"id": one, "appeal_id": appeal["id"], "denial_id": denial["id"]}
        for one, appeal, denial in zip(take_ids(len(appeals)), appeals, appealed, strict=True)
    ]
    _insert(session, place, AppealDenial, links)
    decided = [
        (appeal, link) for appeal, link in zip(appeals, links, strict=True) if appeal["status"] == "decided"
    ]  # fmt: skip
    _insert(session, place, Outcome, (
        _outcome(one, appeal, link, chance)
        for one, (appeal, link) in zip(take_ids(len(decided)), decided, strict=True)
    ))  # fmt: skip
    _letters(session, place, appeals, chance)


def _later(day: date, chance: random.Random) -> date:
    return min(build.TODAY, day + timedelta(days=chance.randrange(60)))


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), build.NOW.tzinfo)


def _event(one: int, kind: str, subject: str, subject_id: int, day: date, person: int) -> _Row:
    return {
        "id": one, "at": _at(day), "user_id": person, "kind": kind, "subject_kind": subject, "subject_id": subject_id,
        "details": {}, "undone": False,
    }  # fmt: skip


def _appeal(one: int, number: int, denial: _Row, chance: random.Random, cast: Cast) -> _Row:
    status = chance.choice(["draft", "sent", "sent", "sent", *["decided"] * 6])
    opened = _later(denial["denied_on"], chance)
    return {
        "id": one, "public_id": new_public_id(), "number": 1001 + number, "patient_id": denial["patient_id"],
        "payer_id": denial["payer_id"], "level": 1, "previous_id": None, "status": status, "opened_at": _at(opened),
        "opened_by_id": chance.choice(cast.people), "sent_on": None if status == "draft" else _later(opened, chance),
        "sent_method": "", "tracking": "", "reply_due": None, "version": 1,
    }  # fmt: skip


def _outcome(one: int, appeal: _Row, link: _Row, chance: random.Random) -> _Row:
    result = chance.choice(_RESULTS)
    return {
        "id": one, "appeal_id": link["appeal_id"], "denial_id": link["denial_id"], "claim_payment_id": None,
        "result": result, "amount_cents": 0, "decided_on": _later(appeal["sent_on"], chance), "reference": "",
        "reason": "", "recorded_at": build.NOW, "recorded_by_id": appeal["opened_by_id"],
    }  # fmt: skip


def _letters(session: Session, place: Practice, appeals: list[_Row], chance: random.Random) -> None:
    """One letter an appeal, saved three times within half an hour and signed."""
    letters = list(zip(take_ids(len(appeals)), appeals, strict=True))
    _insert(session, place, Letter, (
        {"id": one, "public_id": new_public_id(), "appeal_id": appeal["id"], "edition": 1, "template": "appeal",
         "template_hash": "", "letter_date": appeal["opened_at"].date(), "fields": {}, "facts": {}, "exhibits": [],
         "saved_at": appeal["opened_at"], "signed_at": None, "signed_by_id": None, "signer_name": "",
         "signer_title": "", "signature_of_id": None, "signature_due": None, "packet_id": None, "pdf_hash": "",
         "version": 1}
        for one, appeal in letters
    ))  # fmt: skip
    texts, events = iter(take_ids(3 * len(letters))), iter(take_ids(2 * len(letters)))
    saves, steps = list[_Row](), list[_Row]()
    for one, appeal in letters:
        start, person = appeal["opened_at"], appeal["opened_by_id"]
        minutes = sorted(chance.randrange(1, 31) for _ in range(3))
        saves += [
            {"id": next(texts), "public_id": new_public_id(), "letter_id": one, "appeal_id": appeal["id"],
             "saved_at": start + timedelta(minutes=after), "saved_by_id": person, "template": "appeal", "fields": {}}
            for after in minutes
        ]  # fmt: skip
        steps += [
            _event(next(events), kind, "appeal", appeal["id"], start.date(), person) | {"at": start + timedelta(minutes=after)}
            for kind, after in (("letter_saved", minutes[0]), ("letter_signed", minutes[-1] + 2))
        ]  # fmt: skip
    _insert(session, place, LetterText, saves)
    _insert(session, place, Event, steps)
