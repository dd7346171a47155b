"""Writes a case as the object of a denial-case/1 file."""

from typing import Any

from tracker.domain.case import (
    Authorization,
    Case,
    CaseClaim,
    CaseLine,
    CaseProvider,
    CaseRemittance,
    Eligibility,
    History,
    LineAnswer,
    OtherClaim,
    PlanOfCare,
)
from tracker.domain.money import plain_amount
from tracker.domain.remittance import Adjustment

_SCHEMA = "denial-case/1"


def case_as_json(case: Case) -> dict[str, Any]:
    """Return the case as ``read_case`` reads it: cents as decimal dollars, dates as text."""
    payer, practice, patient = case.payer, case.practice, case.patient
    return {
        "schema": _SCHEMA,
        "case_id": case.case_id,
        "payer": {
            "name": payer.name,
            "kind": payer.kind,
            "counting_method": payer.counting_method,
            "requires_discipline_modifier": payer.requires_discipline_modifier,
            "filing_days": payer.filing_days,
            "appeal_days": payer.appeal_days,
            **({"habits": dict(payer.habits)} if payer.habits else {}),
            **({"named": payer.named} if payer.named else {}),
        },
        "practice": {"setting": practice.setting, "billing_npi": practice.billing_npi, "name": practice.name},
        "patient": {
            "id": patient.id,
            "birth_date": _text(patient.birth_date),
            "sex": patient.sex,
            "member_id": patient.member_id,
        },
        "claim": _claim(case.claim),
        "remittance": _remittance(case.remittance) if case.remittance is not None else None,
        "notes": [
            {"kind": note.kind, "service_date": _text(note.service_date), "author": note.author, "text": note.text}
            for note in case.notes
        ],
        "history": _history(case.history),
    }


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _dollars(cents: int | None) -> str | None:
    return None if cents is None else plain_amount(cents)


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out the optional keys that hold nothing."""
    return {name: value for name, value in values.items() if value not in (None, [])}


def _claim(claim: CaseClaim) -> dict[str, Any]:
    return {
        "control_number": claim.control_number,
        "payer_claim_number": claim.payer_claim_number,
        "frequency_code": claim.frequency_code,
        "submitted_on": _text(claim.submitted_on),
        "place_of_service": claim.place_of_service,
        "diagnoses": list(claim.diagnoses),
        "prior_authorization": claim.prior_authorization,
        "referring_provider": _provider(claim.referring_provider),
        "rendering_provider": _provider(claim.rendering_provider),
        "lines": [_line(line) for line in claim.lines],
    }


def _provider(provider: CaseProvider | None) -> dict[str, Any] | None:
    if provider is None:
        return None
    optional = _known({"credential": provider.credential, "discipline": provider.discipline})
    return {"name": provider.name, "npi": provider.npi, **optional}


def _line(line: CaseLine) -> dict[str, Any]:
    return {
        "line": line.line,
        "service_date": _text(line.service_date),
        "code": line.code,
        "modifiers": list(line.modifiers),
        "units": line.units,
        "charge": plain_amount(line.charge_cents),
        "diagnosis_pointers": list(line.diagnosis_pointers),
    }


def _remittance(remittance: CaseRemittance) -> dict[str, Any]:
    return {
        "payment_date": _text(remittance.payment_date),
        "trace_number": remittance.trace_number,
        "claim_status": remittance.claim_status,
        "claim_adjustments": [_adjustment(each) for each in remittance.claim_adjustments],
        "claim_remarks": list(remittance.claim_remarks),
        "lines": [_answer(line) for line in remittance.lines],
    }


def _adjustment(adjustment: Adjustment) -> dict[str, Any]:
    return {
        "group": adjustment.group,
        "carc": adjustment.carc,
        "amount": plain_amount(adjustment.amount_cents),
        **_known({"quantity": adjustment.quantity}),
    }


def _answer(answer: LineAnswer) -> dict[str, Any]:
    optional = {
        "units_paid": answer.units_paid,
        "adjudicated_code": answer.adjudicated_code,
        "policy": answer.policy,
    }
    return {
        "line": answer.line,
        "paid": plain_amount(answer.paid_cents),
        "allowed": _dollars(answer.allowed_cents),
        "adjustments": [_adjustment(each) for each in answer.adjustments],
        "remarks": list(answer.remarks),
        **_known(optional),
    }


def _history(history: History) -> dict[str, Any]:
    optional = {
        "appeals": [
            {
                "level": appeal.level,
                "sent_on": _text(appeal.sent_on),
                "decided_on": _text(appeal.decided_on),
                "outcome": appeal.outcome,
            }
            for appeal in history.appeals
        ],
        "abn": history.abn and {"signed_on": _text(history.abn.signed_on), "modifier": history.abn.modifier},
        "authorization": history.authorization and _authorization(history.authorization),
        "eligibility": history.eligibility and _eligibility(history.eligibility),
        "submissions": [{"on": _text(each.on), "proof": each.proof} for each in history.submissions],
        "records_requests": [
            {
                "asked_on": _text(each.asked_on),
                "due_on": _text(each.due_on),
                "answered_on": _text(each.answered_on),
                "reference": each.reference,
            }
            for each in history.records_requests
        ],
    }
    return {
        "other_claims": [_other_claim(claim) for claim in history.other_claims],
        "plan_of_care": history.plan_of_care and _plan(history.plan_of_care),
        "therapy_allowed_year_to_date": _dollars(history.therapy_allowed_year_to_date_cents),
        "as_of": _text(history.as_of),
        **_known(optional),
    }


def _other_claim(claim: OtherClaim) -> dict[str, Any]:
    return {
        "control_number": claim.control_number,
        "submitted_on": _text(claim.submitted_on),
        "payer": claim.payer,
        "lines": [_line(line) for line in claim.lines],
        "outcome": claim.outcome,
    }


def _plan(plan: PlanOfCare) -> dict[str, Any]:
    return {
        "established_on": _text(plan.established_on),
        "certified_on": _text(plan.certified_on),
        "certified_by": plan.certified_by,
        "order_on_file": plan.order_on_file,
        "sent_to_physician_on": _text(plan.sent_to_physician_on),
        "duration_days": plan.duration_days,
        "interventions": list(plan.interventions),
        "last_progress_report_on": _text(plan.last_progress_report_on),
        "treatment_days_since_progress_report": plan.treatment_days_since_progress_report,
    }


def _authorization(authorization: Authorization) -> dict[str, Any]:
    return {
        "number": authorization.number,
        "from": _text(authorization.valid_from),
        "to": _text(authorization.valid_to),
        "visits_allowed": authorization.visits_allowed,
        "visits_used": authorization.visits_used,
        "codes": list(authorization.codes),
        "units_allowed": authorization.units_allowed,
    }


def _eligibility(eligibility: Eligibility) -> dict[str, Any]:
    return {
        "active_from": _text(eligibility.active_from),
        "active_to": _text(eligibility.active_to),
        "checked_on": _text(eligibility.checked_on),
        "other_coverage": eligibility.other_coverage,
        "visit_limit": eligibility.visit_limit,
        "visits_used": eligibility.visits_used,
    }
