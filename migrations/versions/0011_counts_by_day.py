"""Counts by day."""

import sqlalchemy as sa
from alembic import op

from tracker.db_guard import guarding

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "day_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("payer_id", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("denials", sa.BigInteger(), nullable=False),
        sa.Column("denied_cents", sa.BigInteger(), nullable=False),
        sa.Column("at_first_answer", sa.BigInteger(), nullable=False),
        sa.Column("paid_denials", sa.BigInteger(), nullable=False),
        sa.Column("recovered_cents", sa.BigInteger(), nullable=False),
        sa.Column("practice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payers.id"], name=op.f("fk_day_counts_payer_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_day_counts_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_day_counts")),
        sa.UniqueConstraint("practice_id", "day", "payer_id", name=op.f("uq_day_counts_practice_id_day_payer_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in guarding(["day_counts"]):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("day_counts")
