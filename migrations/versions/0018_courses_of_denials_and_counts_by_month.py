"""Courses of denials and counts by month."""

import sqlalchemy as sa
from alembic import op

from tracker.db_guard import guarding

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "month_counts",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("payer_id", sa.BigInteger(), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("days", sa.JSON(), nullable=False),
        sa.Column("practice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payers.id"], name=op.f("fk_month_counts_payer_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_month_counts_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_month_counts")),
        sa.UniqueConstraint(
            "practice_id", "month", "payer_id", name=op.f("uq_month_counts_practice_id_month_payer_id")
        ),
    )
    op.create_table(
        "denial_courses",
        sa.Column("denial_id", sa.BigInteger(), nullable=False),
        sa.Column("acted_on", sa.Date(), nullable=True),
        sa.Column("appealed_on", sa.Date(), nullable=True),
        sa.Column("corrected_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("overturned_on", sa.Date(), nullable=True),
        sa.Column("practice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id", "denial_id"],
            ["denials.practice_id", "denials.id"],
            name=op.f("fk_denial_courses_practice_id_denial_id"),
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_denial_courses_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_denial_courses")),
        sa.UniqueConstraint("practice_id", "denial_id", name=op.f("uq_denial_courses_practice_id_denial_id")),
    )
    op.create_index("ix_denials_closed", "denials", ["practice_id", "closed_on", "owner_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for statement in guarding(["month_counts", "denial_courses"]):
            op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_denials_closed", "denials")
    op.drop_table("denial_courses")
    op.drop_table("month_counts")
