"""Case files, format denial-case/1: one adjudicated claim with its notes and history, read and written."""

import json
from collections.abc import Iterator
from typing import Any

from tracker.domain.case import (
    AdvanceNotice,
    Authorization,
    Case,
    CaseClaim,
    CaseLine,
    CaseNote,
    CasePatient,
    CasePayer,
    CasePractice,
    CaseProvider,
    CaseRemittance,
    Eligibility,
    History,
    LineAnswer,
    OtherClaim,
    PastAppeal,
    PlanOfCare,
    Submission,
)
from tracker.domain.payer_habits import HABITS
from tracker.domain.records_asked import RecordsAsked
from tracker.domain.remittance import Adjustment
from tracker.importers.case_fields import Fields, wrong
from tracker.importers.case_writing import case_as_json
from tracker.importers.errors import ImportProblem
from tracker.knowledge.tables import PAYER_KINDS

__all__ = ["SCHEMA", "case_as_json", "read_case"]

SCHEMA = "denial-case/1"
_METHODS = frozenset({"cms", "spm", "hybrid"})
_SETTINGS = frozenset({"practitioner", "facility"})
_OUTCOMES = frozenset({"paid", "denied", "pending"})
_NOTE_KINDS = frozenset(
    {
        "daily",
        "evaluation",
        "re_evaluation",
        "plan_of_care",
        "progress_report",
        "discharge",
        "flowsheet",
        "order",
        "other",
    }
)


def read_case(data: bytes) -> Case:
    """Return the case of one denial-case/1 file; dollars become cents.

    Raises ImportProblem naming the key that is missing or not as the format says.
    """
    top = Fields(_object(data))
    if top.text("schema") != SCHEMA:
        raise wrong("schema", f'is "{top.text("schema")}"', f'Only files with "schema": "{SCHEMA}" can be read.')
    remittance = top.optional_part("remittance")
    return Case(
        case_id=top.text("case_id"),
        payer=_payer(top.part("payer")),
        practice=_practice(top.part("practice")),
        patient=_patient(top.part("patient")),
        claim=_claim(top.part("claim")),
        remittance=_remittance(remittance) if remittance is not None else None,
        history=_history(top.part("history")),
        notes=tuple(_note(note) for note in top.parts("notes")),
    )


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise ImportProblem(
            "File", f"This is not JSON: {error}.", f'A case file is one JSON object with "schema": "{SCHEMA}".'
        ) from None
    if not isinstance(found, dict):
        raise ImportProblem("File", "The file holds no JSON object.", f'A case file begins with "schema": "{SCHEMA}".')
    return found


def _no_number(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _payer(payer: Fields) -> CasePayer:
    return CasePayer(
        name=payer.text("name"),
        kind=payer.one_of("kind", PAYER_KINDS),
        counting_method=payer.optional_one_of("counting_method", _METHODS),
        requires_discipline_modifier=payer.optional_flag("requires_discipline_modifier"),
        filing_days=payer.optional_whole("filing_days"),
        appeal_days=payer.optional_whole("appeal_days"),
        habits=tuple(_habits(payer.optional_part("habits", absent=True))),
        named=payer.optional_text("named", absent=True) or "",
    )


def _habits(habits: Fields | None) -> Iterator[tuple[str, bool | int]]:
    """Yield what was set of the payer's profile, in the order of the product's list."""
    for name, habit in HABITS.items():
        if habits is not None and habits.has(name):
            yield name, bool(habits.optional_flag(name)) if habit.is_flag else habits.whole(name)


def _practice(practice: Fields) -> CasePractice:
    return CasePractice(
        practice.one_of("setting", _SETTINGS), practice.optional_text("billing_npi") or "", practice.text("name")
    )


def _patient(patient: Fields) -> CasePatient:
    return CasePatient(
        patient.text("id"),
        patient.optional_day("birth_date"),
        patient.optional_text("sex"),
        patient.optional_text("member_id"),
    )


def _provider(provider: Fields | None) -> CaseProvider | None:
    if provider is None:
        return None
    return CaseProvider(
        provider.text("name"),
        provider.optional_text("npi"),
        provider.optional_text("credential", absent=True),
        provider.optional_text("discipline", absent=True),
    )


def _claim(claim: Fields) -> CaseClaim:
    lines = tuple(_line(line) for line in claim.parts("lines"))
    numbers = [line.line for line in lines]
    if len(set(numbers)) < len(numbers):
        raise wrong("claim.lines", "has two lines with one number", "Give every claim line its own number.")
    return CaseClaim(
        control_number=claim.text("control_number"),
        payer_claim_number=claim.optional_text("payer_claim_number"),
        frequency_code=claim.text("frequency_code"),
        submitted_on=claim.optional_day("submitted_on"),
        place_of_service=claim.optional_text("place_of_service"),
        diagnoses=claim.texts("diagnoses"),
        prior_authorization=claim.optional_text("prior_authorization"),
        referring_provider=_provider(claim.optional_part("referring_provider")),
        rendering_provider=_provider(claim.optional_part("rendering_provider")),
        lines=lines,
    )


def _line(line: Fields) -> CaseLine:
    return CaseLine(
        line=line.whole("line"),
        service_date=line.day("service_date"),
        code=line.text("code"),
        modifiers=line.texts("modifiers"),
        units=line.number("units"),
        charge_cents=line.cents("charge"),
        diagnosis_pointers=line.wholes("diagnosis_pointers"),
    )


def _remittance(remittance: Fields) -> CaseRemittance:
    return CaseRemittance(
        payment_date=remittance.optional_day("payment_date"),
        trace_number=remittance.optional_text("trace_number"),
        claim_status=remittance.text("claim_status"),
        claim_adjustments=tuple(_adjustment(each) for each in remittance.parts("claim_adjustments")),
        claim_remarks=remittance.texts("claim_remarks"),
        lines=tuple(_answer(line) for line in remittance.parts("lines")),
    )


def _adjustment(adjustment: Fields) -> Adjustment:
    return Adjustment(
        adjustment.text("group"),
        adjustment.text("carc"),
        adjustment.cents("amount"),
        adjustment.optional_number("quantity"),
    )


def _answer(line: Fields) -> LineAnswer:
    return LineAnswer(
        line=line.whole("line"),
        paid_cents=line.cents("paid"),
        allowed_cents=line.optional_cents("allowed"),
        adjustments=tuple(_adjustment(each) for each in line.parts("adjustments")),
        remarks=line.texts("remarks"),
        units_paid=line.optional_number("units_paid"),
        adjudicated_code=line.optional_text("adjudicated_code", absent=True),
        policy=line.optional_text("policy", absent=True),
    )


def _note(note: Fields) -> CaseNote:
    return CaseNote(
        note.one_of("kind", _NOTE_KINDS),
        note.optional_day("service_date"),
        note.optional_text("author"),
        note.optional_text("text") or "",
    )


def _history(history: Fields) -> History:
    plan = history.optional_part("plan_of_care")
    abn, authorization, eligibility = (
        history.optional_part(name, absent=True) for name in ("abn", "authorization", "eligibility")
    )
    return History(
        as_of=history.day("as_of"),
        other_claims=tuple(_other_claim(claim) for claim in history.parts("other_claims")),
        plan_of_care=_plan(plan) if plan is not None else None,
        therapy_allowed_year_to_date_cents=history.optional_cents("therapy_allowed_year_to_date"),
        appeals=tuple(_appeal(appeal) for appeal in history.parts("appeals", absent=True)),
        abn=AdvanceNotice(abn.optional_day("signed_on"), abn.optional_text("modifier")) if abn is not None else None,
        authorization=_authorization(authorization) if authorization is not None else None,
        eligibility=_eligibility(eligibility) if eligibility is not None else None,
        submissions=tuple(
            Submission(each.day("on"), each.optional_text("proof"))
            for each in history.parts("submissions", absent=True)
        ),
        records_requests=tuple(
            RecordsAsked(
                each.day("asked_on"),
                each.optional_day("due_on"),
                each.optional_day("answered_on"),
                each.optional_text("reference", absent=True),
            )
            for each in history.parts("records_requests", absent=True)
        ),
    )


def _other_claim(claim: Fields) -> OtherClaim:
    return OtherClaim(
        control_number=claim.text("control_number"),
        submitted_on=claim.optional_day("submitted_on"),
        payer=claim.optional_text("payer"),
        lines=tuple(_line(line) for line in claim.parts("lines")),
        outcome=claim.one_of("outcome", _OUTCOMES),
    )


def _plan(plan: Fields) -> PlanOfCare:
    return PlanOfCare(
        established_on=plan.optional_day("established_on"),
        certified_on=plan.optional_day("certified_on"),
        certified_by=plan.optional_text("certified_by"),
        order_on_file=plan.optional_flag("order_on_file"),
        sent_to_physician_on=plan.optional_day("sent_to_physician_on"),
        duration_days=plan.optional_whole("duration_days"),
        interventions=plan.texts("interventions"),
        last_progress_report_on=plan.optional_day("last_progress_report_on"),
        treatment_days_since_progress_report=plan.optional_whole("treatment_days_since_progress_report"),
    )


def _appeal(appeal: Fields) -> PastAppeal:
    return PastAppeal(
        appeal.text_or_number("level"),
        appeal.optional_day("sent_on"),
        appeal.optional_day("decided_on"),
        appeal.optional_text("outcome"),
    )


def _authorization(authorization: Fields) -> Authorization:
    return Authorization(
        number=authorization.optional_text("number"),
        valid_from=authorization.optional_day("from"),
        valid_to=authorization.optional_day("to"),
        visits_allowed=authorization.optional_whole("visits_allowed"),
        visits_used=authorization.optional_whole("visits_used"),
        codes=authorization.texts("codes"),
        units_allowed=authorization.optional_whole("units_allowed"),
    )


def _eligibility(eligibility: Fields) -> Eligibility:
    return Eligibility(
        active_from=eligibility.optional_day("active_from"),
        active_to=eligibility.optional_day("active_to"),
        checked_on=eligibility.optional_day("checked_on"),
        other_coverage=eligibility.optional_text("other_coverage"),
        visit_limit=eligibility.optional_whole("visit_limit"),
        visits_used=eligibility.optional_whole("visits_used"),
    )
