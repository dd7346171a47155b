"""Rows waiting to be written: gathered while a file is read, inserted table by table in the order of their keys."""

from typing import Any

from sqlalchemy import Table, bindparam, update
from sqlalchemy.orm import Session

from tracker.day_counts import touch_days, touch_denials, touch_lines
from tracker.db import insert_rows
from tracker.models import (
    Adjustment,
    Base,
    Claim,
    ClaimLine,
    ClaimPayment,
    Denial,
    DenialAnswer,
    Patient,
    Provider,
    ProviderAdjustment,
    Remark,
    Remittance,
    ServicePayment,
    Submission,
)
from tracker.models.base import id_stream
from tracker.models.sealed import sealed_columns
from tracker.sealing.cipher import Place

# A row may only point to rows of tables above it.
_ORDER: tuple[type[Base], ...] = (
    Provider,
    Patient,
    Claim,
    ClaimLine,
    Submission,
    Remittance,
    ClaimPayment,
    ServicePayment,
    Adjustment,
    Remark,
    ProviderAdjustment,
    Denial,
    DenialAnswer,
)


class _Dropped(list[tuple[Any, ...]]):
    """A list that keeps nothing, for a dry run."""

    def append(self, _row: tuple[Any, ...]) -> None:
        """Forget the row."""


class RowBuffer:
    """Rows to insert and columns to change, by table. With ``keep=False`` rows are dropped (a dry run)."""

    def __init__(self, *, keep: bool) -> None:
        self._keep = keep
        self.ids = id_stream()
        self._inserts: dict[type[Base], dict[tuple[str, ...], list[tuple[Any, ...]]]] = {}
        self._updates: dict[tuple[type[Base], tuple[str, ...]], list[dict[str, Any]]] = {}

    def table(self, model: type[Base], columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
        """Return the list that takes a table's rows, each with its values in the order of ``columns``."""
        return self._inserts.setdefault(model, {}).setdefault(columns, [] if self._keep else _Dropped())

    def change(self, model: type[Base], practice_id: int, row_id: int, **values: Any) -> None:
        """Ask for new values of one stored row."""
        if self._keep:
            sealed, place = sealed_columns(model), Place(practice_id, row_id)
            changes: dict[str, Any] = {"key_practice": practice_id, "key_id": row_id}
            for name, value in values.items():
                is_sealed = name in sealed and value is not None
                changes[f"new_{name}"] = sealed[name].placed(value, place) if is_sealed else value
            self._updates.setdefault((model, tuple(values)), []).append(changes)

    def flush(self, session: Session) -> None:
        """Write everything asked for, and forget it."""
        for model in _ORDER:
            for columns, rows in self._inserts.get(model, {}).items():
                insert_rows(session, model, columns, rows)
                rows.clear()
        for (model, names), changes in self._updates.items():
            _update_rows(session, model, names, changes)
            _note_changes(session, model, changes)
        self._updates.clear()


def _update_rows(session: Session, model: type[Base], names: tuple[str, ...], changes: list[dict[str, Any]]) -> None:
    table = model.__table__
    assert isinstance(table, Table)
    statement = (
        update(table)
        .where(table.c.practice_id == bindparam("key_practice"), table.c.id == bindparam("key_id"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )
    session.connection().execute(statement, changes)


def _note_changes(session: Session, model: type[Base], changes: list[dict[str, Any]]) -> None:
    """Tell the counts by day: a line has its first answer, a denial goes on."""
    for change in changes:
        if model is ClaimLine:
            touch_days(session, change["key_practice"], (change.get("new_first_remit_on"),))
            touch_lines(session, change["key_practice"], (change["key_id"],))
        elif model is Denial:
            touch_denials(session, change["key_practice"], (change["key_id"],))
