"""Sealed codes for emergency access."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "emergency_codes",
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("practice_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_emergency_codes_made_by_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_emergency_codes_practice_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_emergency_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_emergency_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_emergency_codes_code_hash")),
        sa.UniqueConstraint("public_id", name=op.f("uq_emergency_codes_public_id")),
    )
    with op.batch_alter_table("emergency_codes") as batch_op:
        batch_op.create_index(batch_op.f("ix_emergency_codes_practice_id"), ["practice_id"], unique=False)

    with op.batch_alter_table("sessions") as batch_op:
        batch_op.add_column(sa.Column("emergency_id", sa.BigInteger(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_sessions_emergency_id"), "emergency_codes", ["emergency_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("sessions") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_sessions_emergency_id"), type_="foreignkey")
        batch_op.drop_column("emergency_id")

    with op.batch_alter_table("emergency_codes") as batch_op:
        batch_op.drop_index(batch_op.f("ix_emergency_codes_practice_id"))

    op.drop_table("emergency_codes")
