"""Notes on the chart and submitted claims."""

import sqlalchemy as sa
from alembic import op

from tracker.db_guard import guarding, unguarding

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chart_notes",
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("practice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_chart_notes_made_by_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_chart_notes_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_chart_notes")),
        sa.UniqueConstraint("public_id", name=op.f("uq_chart_notes_public_id")),
    )
    with op.batch_alter_table("chart_notes") as batch_op:
        batch_op.create_index("ix_chart_notes_day", ["practice_id", "day"], unique=False)
    with op.batch_alter_table("practices") as batch_op:
        batch_op.add_column(sa.Column("submitted_claims", sa.JSON(none_as_null=True), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for statement in guarding(("chart_notes",)):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in unguarding(("chart_notes",)):
            op.execute(statement)
    with op.batch_alter_table("practices") as batch_op:
        batch_op.drop_column("submitted_claims")
    op.drop_table("chart_notes")
