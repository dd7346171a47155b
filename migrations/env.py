"""Alembic's environment: the caller (tracker.db_upgrade) hands over an open connection."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from tracker.models import Base
from tracker.models.base import UtcDateTime
from tracker.models.sealed import Sealed


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own types as plain ones: a revision never imports the models, which change after it."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, Sealed):
        return "sa.LargeBinary()"
    return False


def run() -> None:
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite can alter a table only by copying it
        render_item=render_item,
        user_module_prefix="sa.",
        transactional_ddl=True,  # both databases can undo a half-run migration
    )
    with context.begin_transaction():
        context.run_migrations()


run()
