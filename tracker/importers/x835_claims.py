"""The claims of an 835, CLP loop by CLP loop. This is the part that has to be fast: the same segment text is read once."""

from collections.abc import Callable, Iterable
from typing import Any

from tracker.domain.money import dollars
from tracker.domain.remittance import Adjustment, ClaimPayment, Person, Problem, ServicePayment
from tracker.importers.errors import ImportProblem
from tracker.importers.x12 import ELEMENT, SEGMENT
from tracker.importers.x12_values import Memo, NotMoney, content_hash, not_money, read_cents
from tracker.importers.x835_segments import (
    ADJUSTMENTS,
    CLAIM_SEGMENTS_READ_ONCE,
    LINE_SEGMENTS_READ_ONCE,
    NOTE,
    REMARKS,
    RENDERING,
    Fact,
    read_claim_segment,
    read_line_segment,
    read_service,
)

_SVC = f"{SEGMENT}SVC{ELEMENT}"
_CORRECTION_GROUP = f"CAS{ELEMENT}CR{ELEMENT}"
_REVERSAL = "22"

# ClaimPayment and ServicePayment are made from lists in the order of their fields; the lists start like this.
_AFTER_CLP = (Person(""), None, None, "", "", "", "", "", None, None, None, None, (), (), (), 0, "")
_AFTER_SVC = (None, None, "", "", None, (), ())
_CLAIM = {name: place for place, name in enumerate(ClaimPayment._fields)}
_CLAIM_CAS, _CLAIM_REMARKS = _CLAIM["adjustments"], _CLAIM["remarks"]
_RENDERING_NPI, _SERVICES, _SEGMENT, _HASH = (
    _CLAIM["rendering_npi"],
    _CLAIM["services"],
    _CLAIM["segment"],
    _CLAIM["content_hash"],
)
_LINE_CAS = ServicePayment._fields.index("adjustments")
_LINE_REMARKS = ServicePayment._fields.index("remarks")

# A NamedTuple made straight from its list of values: a third of the time of a call by name.
_make: Callable[[Any, Iterable[object]], Any] = tuple.__new__


class ClaimReader:
    """Reads CLP loops. One reader serves a whole file, so that what it remembers is of use."""

    def __init__(self) -> None:
        self._claim_facts: Memo[Fact] = Memo(read_claim_segment, CLAIM_SEGMENTS_READ_ONCE)
        self._line_facts: Memo[Fact] = Memo(read_line_segment, LINE_SEGMENTS_READ_ONCE)
        self._service: Memo[tuple[Any, ...]] = Memo(read_service)
        self._cents: Memo[int] = Memo(read_cents)

    def read(self, block: str, number: int, problems: list[Problem]) -> ClaimPayment:
        """Return the claim payment of a CLP loop; what is wrong with it is added to ``problems``.

        ``block`` starts with the elements of the CLP, ``number`` is the CLP's segment number. Raises ImportProblem when
        an amount is not one.
        """
        try:
            return self._read(block, number, problems)
        except NotMoney as found:
            raise _refusal(block, number, str(found)) from None

    def _read(self, block: str, number: int, problems: list[Problem]) -> ClaimPayment:
        head, *services = block.split(_SVC)
        segments = head.split(SEGMENT)
        fields, noted = self._claim(segments[0]), False
        adjusted = 0
        for place, value in map(self._claim_facts.__getitem__, segments[1:]):
            if place < ADJUSTMENTS:
                fields[place] = value
            elif place == ADJUSTMENTS:
                fields[_CLAIM_CAS] += value[0]
                adjusted += value[1]
            elif place == REMARKS:
                fields[_CLAIM_REMARKS] += value
            elif place == RENDERING:
                fields[_RENDERING_NPI : _RENDERING_NPI + 2] = value
            elif place == NOTE:
                noted = True
        if noted:
            _list_notes(segments, self._claim_facts, number, problems)
        fields[_SEGMENT], fields[_HASH] = number, content_hash(block)
        if services:
            lines, of_lines = self._lines(services, number + len(segments), problems)
            fields[_SERVICES] = lines
            adjusted += of_lines
        claim: ClaimPayment = _make(ClaimPayment, fields)
        if claim.charge_cents - adjusted != claim.paid_cents:
            problems.append(_unbalanced_claim(claim, adjusted))
        if claim.status == _REVERSAL or not claim.patient.last_name or _CORRECTION_GROUP in block:
            _check_form(claim, _CORRECTION_GROUP in block, problems)
        return claim

    def _claim(self, text: str) -> list[Any]:
        elements = text.split(ELEMENT)
        if len(elements) < 9:
            elements += [""] * (9 - len(elements))
        cents = self._cents
        control, status, charge, paid, share, filing, payer_number, facility, frequency, *_ = elements
        return [
            control.strip(), status.strip(), cents[charge], cents[paid], cents[share], filing.strip(),
            payer_number.strip(), facility.strip(), frequency.strip(), *_AFTER_CLP,
        ]  # fmt: skip

    def _lines(
        self, services: list[str], number: int, problems: list[Problem]
    ) -> tuple[tuple[ServicePayment, ...], int]:
        """Return the service lines and the sum of their adjustments; ``number`` is the first SVC's."""
        lines, total, facts = [], 0, self._line_facts
        for text in services:
            segments = text.split(SEGMENT)
            fields, adjusted, noted = [*self._service[segments[0]], *_AFTER_SVC], 0, False
            for place, value in map(facts.__getitem__, segments[1:]):
                if place < ADJUSTMENTS:
                    fields[place] = value
                elif place == ADJUSTMENTS:
                    fields[_LINE_CAS] += value[0]
                    adjusted += value[1]
                elif place == REMARKS:
                    fields[_LINE_REMARKS] += value
                elif place == NOTE:
                    noted = True
            if fields[2] - adjusted != fields[3]:
                problems.append(_unbalanced_line(number, fields[2], adjusted, fields[3]))
            if noted:
                _list_notes(segments, facts, number, problems)
            lines.append(_make(ServicePayment, fields))
            total += adjusted
            number += len(segments)
        return tuple(lines), total


def _list_notes(segments: list[str], facts: Memo[Fact], number: int, problems: list[Problem]) -> None:
    for offset, segment in enumerate(segments[1:], start=1):
        place, value = facts[segment]
        if place == NOTE:
            name = segment.split(ELEMENT, 1)[0]
            problems.append(Problem(f"Segment {number + offset} ({name[:10]})", value))


def _unbalanced_line(number: int, charge: int, adjusted: int, paid: int) -> Problem:
    why = (
        f"The line does not balance: {dollars(charge)} charged less {dollars(adjusted)} adjusted "
        f"is not the {dollars(paid)} paid."
    )
    return Problem(f"Segment {number} (SVC)", why)


def _unbalanced_claim(claim: ClaimPayment, adjusted: int) -> Problem:
    why = (
        f"The claim does not balance: {dollars(claim.charge_cents)} charged less {dollars(adjusted)} adjusted "
        f"is not the {dollars(claim.paid_cents)} paid."
    )
    at_claim = sum(each.amount_cents for each in claim.adjustments)
    on_lines = {_reason(each) for line in claim.services for each in line.adjustments}
    if adjusted - at_claim == claim.charge_cents - claim.paid_cents and on_lines & set(map(_reason, claim.adjustments)):
        # X12 RFI 689 and 358: an adjustment appears at one level only.
        why += " The adjustments of its lines are repeated for the claim."
    return Problem(f"Segment {claim.segment} (CLP)", why)


def _reason(adjustment: Adjustment) -> tuple[str, str]:
    return adjustment.group, adjustment.carc


def _check_form(claim: ClaimPayment, corrects: bool, problems: list[Problem]) -> None:
    where = f"Segment {claim.segment} (CLP)"
    if claim.status == _REVERSAL and claim.charge_cents > 0:
        # Some payers leave CLP03 as it was; X12 negates every amount of a reversal (RFI 1147).
        problems.append(Problem(where, "A reversal with a positive charge. The signs of what was paid decide."))
    if corrects:
        # Group CR was dropped from 5010 (RFI 2442); in a reversal it stands for the group of the first answer.
        problems.append(Problem(where, "An adjustment has the group CR of older files. It is kept as sent."))
    if not claim.patient.last_name:
        problems.append(Problem(where, "The claim names no patient."))


def _refusal(block: str, number: int, amount: str) -> ImportProblem:
    """Name the first segment of a CLP loop whose amount cannot be read."""
    for offset, segment in enumerate(block.split(SEGMENT)):
        name = segment.split(ELEMENT, 1)[0] if offset else "CLP"
        if amount in segment.split(ELEMENT):
            return not_money(number + offset, name, amount)
    return not_money(number, "CLP", amount)
