"""Practices taken in, deleted and destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "destroyed_practices",
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_by", sa.String(length=120), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destroyed_practices")),
        sa.UniqueConstraint("public_id", name=op.f("uq_destroyed_practices_public_id")),
    )
    with op.batch_alter_table("practices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("came_from", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("deleted_by_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("keep_files_months", sa.BigInteger(), nullable=True))
        batch_op.create_index(batch_op.f("ix_practices_came_from"), ["came_from"], unique=False)


def downgrade() -> None:
    # One column after the other: a copy of the table would be a new one to the tables that point to it.
    op.drop_index(op.f("ix_practices_came_from"), table_name="practices")
    for name in (
        "keep_files_months",
        "deleted_by_id",
        "deleted_at",
        "came_from",
    ):
        op.drop_column("practices", name)
    op.drop_table("destroyed_practices")
