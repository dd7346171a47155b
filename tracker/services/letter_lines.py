"""A denied line as a letter states it: as billed, as answered, every code in our own words."""

from tracker.domain.case import LineAnswer
from tracker.knowledge import Knowledge
from tracker.letters.facts import LineFacts, ReasonFacts, RemarkFacts
from tracker.models import Denial
from tracker.services.allowed_amounts import ALLOWED_TOO
from tracker.services.cases import StoredCase


def line_facts(denial: Denial, stored: StoredCase, knowledge: Knowledge) -> LineFacts:
    """Return a denied line as billed and as the payer answered it."""
    number = stored.line_numbers.get(denial.claim_line_id or 0, 0)
    billed = next((line for line in stored.case.claim.lines if line.line == number), None)
    answer = stored.case.answer(number)
    code = knowledge.codes.get(denial.code)
    pointers = [pointer for pointer in billed.diagnosis_pointers if pointer] if billed else []
    diagnoses = stored.case.claim.diagnoses
    return LineFacts(
        line=number,
        service_date=denial.service_date,
        code=denial.code,
        meaning=code.meaning if code else "",
        modifiers=billed.modifiers if billed else (),
        units=int(billed.units) if billed else 0,
        billed_cents=denial.billed_cents,
        denied_cents=denial.amount_cents,
        reasons=_reasons(denial, answer, knowledge),
        remarks=tuple(_remark(each, knowledge) for each in denial.remarks.split()),
        paid_cents=answer.paid_cents if answer else 0,
        diagnoses=tuple(diagnoses[place - 1] for place in pointers if place <= len(diagnoses)),
        policy=(answer.policy or "") if answer else "",
        allowed_cents=_allowed(answer),
        paid_code=(answer.adjudicated_code or "") if answer else "",
    )


def _allowed(answer: LineAnswer | None) -> int | None:
    """Return what the payer allowed: as it said, else what it paid with the patient's share and sequestration."""
    if answer is None or answer.allowed_cents is not None:
        return answer.allowed_cents if answer else None
    return answer.paid_cents + sum(each.amount_cents for each in answer.adjustments if each.carc in ALLOWED_TOO)


def _reasons(denial: Denial, answer: LineAnswer | None, knowledge: Knowledge) -> tuple[ReasonFacts, ...]:
    """Return the line's adjustments, first the one it was denied for."""
    first = (denial.group_code, denial.carc)
    others = [each for each in answer.adjustments if (each.group, each.carc) != first] if answer else []
    own = (
        next((each.amount_cents for each in answer.adjustments if (each.group, each.carc) == first), None)
        if answer
        else None
    )
    rows = [(*first, denial.amount_cents if own is None else own)]
    rows += [(each.group, each.carc, each.amount_cents) for each in others]
    return tuple(
        ReasonFacts(group, carc, knowledge.carc[carc].meaning if carc in knowledge.carc else "", cents)
        for group, carc, cents in rows
    )


def _remark(code: str, knowledge: Knowledge) -> RemarkFacts:
    return RemarkFacts(code, knowledge.rarc[code].meaning if code in knowledge.rarc else "not in our code list")
