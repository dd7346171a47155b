"""Monthly reports."""

import sqlalchemy as sa
from alembic import op

from tracker.db_guard import guarding

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "monthly_reports",
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=5), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.Column("changed_words", sa.LargeBinary(), nullable=True),
        sa.Column("ask_words", sa.LargeBinary(), nullable=True),
        sa.Column("final_at", sa.DateTime(), nullable=True),
        sa.Column("final_by_id", sa.BigInteger(), nullable=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("pdf_hash", sa.String(length=64), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("practice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["final_by_id"], ["users.id"], name=op.f("fk_monthly_reports_final_by_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_monthly_reports_made_by_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_monthly_reports_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_monthly_reports")),
        sa.UniqueConstraint(
            "practice_id", "month", "edition", name=op.f("uq_monthly_reports_practice_id_month_edition")
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_monthly_reports_public_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for statement in guarding(["monthly_reports"]):
            op.execute(statement)


def downgrade() -> None:
    op.drop_table("monthly_reports")
