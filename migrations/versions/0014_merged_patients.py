"""Merged patients."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KEY = "fk_patients_practice_id_merged_into_id"


def upgrade() -> None:
    with op.batch_alter_table("patients") as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
        batch_op.create_index("ix_patients_merged", ["practice_id", "merged_into_id"])
        batch_op.create_foreign_key(_KEY, "patients", ["practice_id", "merged_into_id"], ["practice_id", "id"])


def downgrade() -> None:
    with op.batch_alter_table("patients") as batch_op:
        batch_op.drop_constraint(_KEY, type_="foreignkey")
        batch_op.drop_index("ix_patients_merged")
        batch_op.drop_column("merged_into_id")
