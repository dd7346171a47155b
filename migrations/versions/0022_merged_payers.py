"""Merged payers."""

import sqlalchemy as sa
from alembic import op

from tracker.db_guard import guarding

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payer_aliases",
        sa.Column("payer_id", sa.BigInteger(), nullable=False),
        sa.Column("stays_id", sa.BigInteger(), nullable=False),
        sa.Column("practice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payers.id"], name=op.f("fk_payer_aliases_payer_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_payer_aliases_practice_id")),
        sa.ForeignKeyConstraint(["stays_id"], ["payers.id"], name=op.f("fk_payer_aliases_stays_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_payer_aliases")),
        sa.UniqueConstraint("practice_id", "payer_id", name=op.f("uq_payer_aliases_practice_id_payer_id")),
    )
    op.create_index("ix_payer_aliases_stays", "payer_aliases", ["practice_id", "stays_id"])
    if op.get_bind().dialect.name == "postgresql":
        for statement in guarding(["payer_aliases"]):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("payer_aliases")
