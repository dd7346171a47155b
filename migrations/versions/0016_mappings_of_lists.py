"""Mappings of lists."""

import sqlalchemy as sa
from alembic import op

from tracker.db_guard import guarding, unguarding

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "backlog_mappings",
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("headers_key", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=False),
        sa.Column("saved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("practice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_backlog_mappings_practice_id")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["users.id"], name=op.f("fk_backlog_mappings_saved_by_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_backlog_mappings")),
        sa.UniqueConstraint("practice_id", "headers_key", name=op.f("uq_backlog_mappings_practice_id_headers_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_backlog_mappings_public_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in guarding(("backlog_mappings",)):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in unguarding(("backlog_mappings",)):
            op.execute(statement)
    op.drop_table("backlog_mappings")
