"""Counts by month hold what their days come to, reasons, and all payers together; figures of appeals; indexes."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_MONTH = [
    "practice_id", "denied_on", "payer_id", "root_cause", "amount_cents", "close_reason", "claim_line_id",
    "recovered_cents", "is_open", "due_on",
]  # fmt: skip
_OPEN = ["practice_id", "owner_id", "due_on", "amount_cents", "payer_id", "denied_on"]
_PAST = [
    "practice_id", "file_by_legal", "denied_on", "payer_id", "clock", "status", "root_cause", "close_reason",
    "amount_cents", "id",
]  # fmt: skip
_DECIDED = ["practice_id", "decided_on", "payer_id", "decided_for_us", "decision_days"]
_FIGURES = {
    "minutes_spent": sa.BigInteger,
    "decided_on": sa.Date,
    "decided_for_us": sa.Boolean,
    "decision_days": sa.BigInteger,
}
_CLAIM = ["practice_id", "claim_id"]
_CLOSED = ["practice_id", "closed_on", "owner_id"]


def upgrade() -> None:
    op.execute("DELETE FROM month_counts")  # the first look after the start counts them anew, with what is new
    with op.batch_alter_table("month_counts") as table:
        table.alter_column("payer_id", existing_type=sa.BigInteger(), nullable=True)
        table.alter_column("below", existing_type=sa.JSON(), nullable=False)
        table.add_column(sa.Column("sums", sa.JSON(), nullable=False))
        table.add_column(sa.Column("reasons", sa.JSON(), nullable=False))
    for name, kind in _FIGURES.items():
        op.add_column("appeals", sa.Column(name, kind(), nullable=True))
    op.create_index("ix_appeals_minutes", "appeals", ["practice_id", "minutes_spent"], unique=False)
    op.create_index("ix_appeals_status", "appeals", ["practice_id", "status", "payer_id"], unique=False)
    op.create_index("ix_appeals_decided", "appeals", _DECIDED, unique=False)
    op.drop_index("ix_denials_claim", "denials")
    op.create_index("ix_denials_claim", "denials", [*_CLAIM, "denied_on", "root_cause", "close_reason"], unique=False)
    op.drop_index("ix_denials_month", "denials")
    op.create_index("ix_denials_month", "denials", [*_MONTH, "cause_chosen_by_id"], unique=False)
    op.drop_index("ix_denials_closed", "denials")
    op.create_index(
        "ix_denials_closed",
        "denials",
        [*_CLOSED, "root_cause", "close_reason", "payer_id", "amount_cents"],
        unique=False,
    )
    for name, columns in (("ix_denials_open", _OPEN), ("ix_denials_past", _PAST)):
        op.create_index(
            name, "denials", columns, unique=False,
            sqlite_where=sa.text("is_open IS 1"), postgresql_where=sa.text("is_open IS true"),
        )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_denials_past", "denials")
    op.drop_index("ix_denials_open", "denials")
    op.drop_index("ix_denials_closed", "denials")
    op.create_index("ix_denials_closed", "denials", _CLOSED, unique=False)
    op.drop_index("ix_denials_month", "denials")
    op.create_index("ix_denials_month", "denials", _MONTH, unique=False)
    op.drop_index("ix_denials_claim", "denials")
    op.create_index("ix_denials_claim", "denials", _CLAIM, unique=False)
    for name in ("ix_appeals_decided", "ix_appeals_status", "ix_appeals_minutes"):
        op.drop_index(name, "appeals")
    for name in _FIGURES:
        op.drop_column("appeals", name)
    op.execute("DELETE FROM month_counts")
    with op.batch_alter_table("month_counts") as table:
        table.drop_column("reasons")
        table.drop_column("sums")
        table.alter_column("below", existing_type=sa.JSON(), nullable=True)
        table.alter_column("payer_id", existing_type=sa.BigInteger(), nullable=False)
