"""Sums of months are columns, and their days lists: read by each page of figures."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_SUMS = (
    "lines", "denials", "denied_cents", "at_first_answer", "paid_denials", "recovered_cents", "rated", "below_cents",
    "appealed",
)  # fmt: skip


def upgrade() -> None:
    op.execute("DELETE FROM month_counts")  # the first look after the start counts them anew, in the new form
    with op.batch_alter_table("month_counts") as table:
        table.drop_column("sums")
        for name in _SUMS:
            table.add_column(sa.Column(name, sa.BigInteger(), nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM month_counts")
    with op.batch_alter_table("month_counts") as table:
        for name in _SUMS:
            table.drop_column(name)
        table.add_column(sa.Column("sums", sa.JSON(), nullable=False))
