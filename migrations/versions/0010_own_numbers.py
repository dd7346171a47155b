"""Own numbers."""

import sqlalchemy as sa
from alembic import op

from tracker.db_guard import guarding, unguarding

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_numbers",
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=3), nullable=False),
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=True),
        sa.Column("practice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_own_numbers_added_by_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_own_numbers_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_own_numbers")),
        sa.UniqueConstraint("practice_id", "kind", "number", name=op.f("uq_own_numbers_practice_id_kind_number")),
        sa.UniqueConstraint("public_id", name=op.f("uq_own_numbers_public_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in guarding(("own_numbers",)):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in unguarding(("own_numbers",)):
            op.execute(statement)
    op.drop_table("own_numbers")
