"""The contracted rates that are loaded: a list by practice and payer, and the rates themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tracker.domain.expected_amounts import Rate
from tracker.domain.sheet import Cell, Column, Kind, Sheet
from tracker.importers.fee_schedule import LoadedRate
from tracker.models import ContractedRate, Payer, Practice

_COLUMNS = (
    Column("payer"), Column("code"), Column("modifier"), Column("rate", Kind.CENTS), Column("from", Kind.DATE),
    Column("to", Kind.DATE),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeldRates:
    """A payer's rates in a practice: how many, of how many codes, and the last day on which any of them began."""

    practice: Practice
    payer: Payer
    rates: int
    codes: int
    newest: date


def held_rates(session: Session) -> list[HeldRates]:
    """Return what is loaded in the session's practices, by practice and payer."""
    sums = (
        select(
            ContractedRate.practice_id, ContractedRate.payer_id, func.count().label("rates"),
            func.count(ContractedRate.code.distinct()).label("codes"), func.max(ContractedRate.first_on).label("newest"),
        )
        .group_by(ContractedRate.practice_id, ContractedRate.payer_id)
        .subquery()
    )  # fmt: skip
    query = (
        select(Practice, Payer, sums.c.rates, sums.c.codes, sums.c.newest)
        .join(sums, sums.c.practice_id == Practice.id)
        .join(Payer, Payer.id == sums.c.payer_id)
        .order_by(Practice.name, Payer.name)
    )
    return [HeldRates(*row) for row in session.execute(query)]


def rates_of(session: Session, payer_id: int) -> Sequence[tuple[Practice, ContractedRate]]:
    """Return a payer's rates with their practices, by practice and code; of one code the newest first."""
    query = (
        select(Practice, ContractedRate)
        .join(Practice, Practice.id == ContractedRate.practice_id)
        .where(ContractedRate.payer_id == payer_id)
    )
    order = Practice.name, ContractedRate.code, ContractedRate.modifier, ContractedRate.first_on.desc()
    return [(practice, rate) for practice, rate in session.execute(query.order_by(*order))]


def rates_sheet(session: Session, payer_id: int | None = None) -> Sheet:
    """Return the rates of all payers, or of one, with the columns by which they can be loaded again."""
    query = (
        select(ContractedRate, Practice.name, Payer.name)
        .join(Practice, Practice.id == ContractedRate.practice_id)
        .join(Payer, Payer.id == ContractedRate.payer_id)
        .order_by(Practice.name, Payer.name, ContractedRate.code, ContractedRate.modifier, ContractedRate.first_on)
    )
    if payer_id is not None:
        query = query.where(ContractedRate.payer_id == payer_id)
    rows: list[tuple[Cell, ...]] = [
        (practice, payer, rate.code, rate.modifier, rate.cents, rate.first_on, rate.last_on)
        for rate, practice, payer in session.execute(query)
    ]
    about = (("rate", "Contracted dollars of one unit, for dates of service from the first to the last day"),)
    return Sheet("Contracted rates", (Column("practice"), *_COLUMNS), rows, about)


def sheet_of(rates: Iterable[LoadedRate]) -> Sheet:
    """Return rates that are not loaded yet as the table they were read from."""
    rows: list[tuple[Cell, ...]] = [(each.payer, each.code, *_cells(each.rate)) for each in rates]
    return Sheet("Contracted rates", _COLUMNS, rows)


def _cells(rate: Rate) -> tuple[Cell, ...]:
    return rate.modifier, rate.cents, rate.first, rate.last
