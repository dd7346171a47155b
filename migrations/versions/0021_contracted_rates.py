"""Contracted rates and what they let expect."""

import sqlalchemy as sa
from alembic import op

from tracker.db_guard import guarding

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contracted_rates",
        sa.Column("payer_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("modifier", sa.String(length=2), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(), nullable=False),
        sa.Column("loaded_by_id", sa.BigInteger(), nullable=True),
        sa.Column("practice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["loaded_by_id"], ["users.id"], name=op.f("fk_contracted_rates_loaded_by_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payers.id"], name=op.f("fk_contracted_rates_payer_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_contracted_rates_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_contracted_rates")),
        sa.UniqueConstraint(
            "practice_id",
            "payer_id",
            "code",
            "modifier",
            "first_on",
            name=op.f("uq_contracted_rates_practice_id_payer_id_code_modifier_first_on"),
        ),
    )
    with op.batch_alter_table("denials") as batch_op:
        batch_op.add_column(sa.Column("expected_cents", sa.BigInteger(), nullable=True))
    # No rate was loaded before: what is expected lies nowhere below what was denied.
    with op.batch_alter_table("day_counts") as batch_op:
        batch_op.add_column(sa.Column("rated", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("below_cents", sa.BigInteger(), server_default="0", nullable=False))
    with op.batch_alter_table("month_counts") as batch_op:
        batch_op.add_column(sa.Column("below", sa.JSON(none_as_null=True), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for statement in guarding(["contracted_rates"]):
            op.execute(statement)


def downgrade() -> None:
    with op.batch_alter_table("month_counts") as batch_op:
        batch_op.drop_column("below")
    with op.batch_alter_table("day_counts") as batch_op:
        batch_op.drop_column("below_cents")
        batch_op.drop_column("rated")
    with op.batch_alter_table("denials") as batch_op:
        batch_op.drop_column("expected_cents")
    op.drop_table("contracted_rates")
