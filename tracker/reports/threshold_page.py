"""The threshold ledger of a patient and year: what Medicare allowed, pool by pool, and what is not known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tracker.domain.threshold_ledger import POOL_OF, POOLS, LedgerLine, PoolLedger, pool_ledger
from tracker.knowledge import Figure, Knowledge
from tracker.models import Claim, ClaimLine, Patient, Payer, Provider
from tracker.services.allowed_amounts import AllowedRow, allowed_amounts
from tracker.services.cases import discipline_of


@dataclass(frozen=True, slots=True)
class ThresholdPage:
    """Both pools of a year. ``years`` are those with Medicare therapy lines on file, newest first.

    ``unanswered`` counts lines no remittance answered (with what was billed), ``no_discipline`` answered lines that
    show no discipline and stand in no pool.
    """

    year: int
    years: tuple[int, ...]
    ledgers: tuple[PoolLedger, ...]
    sources: tuple[Figure, ...]
    unanswered: int
    unanswered_cents: int
    no_discipline: int
    no_discipline_cents: int

    @property
    def is_year_known(self) -> bool:
        """Whether the year's KX threshold is known."""
        return all(ledger.kx_cents is not None for ledger in self.ledgers)


def threshold_page(session: Session, patient: Patient, year: int, knowledge: Knowledge) -> ThresholdPage:
    """Return the ledger of a patient's Original Medicare claims in a calendar year of service."""
    rows = _lines(session, patient)
    in_year = [row for row in rows if row.service_date.year == year]
    claims = sorted({row.claim_id for row in in_year})
    by_id = {row.id: row for row in in_year}
    answers = [answer for answer in allowed_amounts(session, patient.practice_id, claims) if answer.line_id in by_id]
    lines = [_ledger_line(by_id[answer.line_id], answer) for answer in answers]
    waiting = [row for row in in_year if row.id not in {answer.line_id for answer in answers}]
    poolless = [line for line in lines if not line.pool and line.allowed_cents > 0]
    return ThresholdPage(
        year=year,
        years=tuple(sorted({row.service_date.year for row in rows}, reverse=True)),
        ledgers=_ledgers(lines, year, knowledge),
        sources=_sources(year, knowledge),
        unanswered=len(waiting),
        unanswered_cents=sum(row.charge_cents for row in waiting),
        no_discipline=len(poolless),
        no_discipline_cents=sum(line.allowed_cents for line in poolless),
    )


def _lines(session: Session, patient: Patient) -> Sequence[Any]:
    query = (
        select(
            ClaimLine.id, ClaimLine.claim_id, ClaimLine.service_date, ClaimLine.code, ClaimLine.modifiers,
            ClaimLine.charge_cents, Claim.public_id, Provider.discipline,
        )
        .join(Claim, and_(Claim.practice_id == ClaimLine.practice_id, Claim.id == ClaimLine.claim_id))
        .join(Payer, Payer.id == Claim.payer_id)
        .outerjoin(
            Provider, and_(Provider.practice_id == Claim.practice_id, Provider.id == Claim.rendering_provider_id)
        )
        .where(
            Claim.practice_id == patient.practice_id,
            Claim.patient_id == patient.id,
            Payer.kind == "medicare_b",
            ClaimLine.service_date.is_not(None),
        )
    )  # fmt: skip
    return session.execute(query).all()


def _ledger_line(row: Any, answer: AllowedRow) -> LedgerLine:
    modifiers = tuple(row.modifiers.split())
    pool = POOL_OF.get(discipline_of(modifiers, row.discipline), "")
    return LedgerLine(row.service_date, row.public_id, row.code, modifiers, pool, answer.allowed)


def _ledgers(lines: Iterable[LedgerLine], year: int, knowledge: Knowledge) -> tuple[PoolLedger, ...]:
    ledgers, all_lines = [], tuple(lines)
    for pool in POOLS:
        kx, review = knowledge.kx_threshold(year, pool), knowledge.review_threshold(year, pool)
        ledgers.append(pool_ledger(all_lines, pool, year, kx.cents if kx else None, review.cents if review else None))
    return tuple(ledgers)


def _sources(year: int, knowledge: Knowledge) -> tuple[Figure, ...]:
    """Return the figures of the year with their sources; both pools share one."""
    figures = (knowledge.kx_threshold(year, "pt_slp"), knowledge.review_threshold(year, "pt_slp"))
    return tuple(figure for figure in figures if figure is not None)
