"""Protected notes."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "note_consents",
        sa.Column("note_id", sa.BigInteger(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("covers", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.LargeBinary(), nullable=False),
        sa.Column("paper", sa.LargeBinary(), nullable=True),
        sa.Column("content_type", sa.String(length=80), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=True),
        sa.Column("practice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["users.id"], name=op.f("fk_note_consents_added_by_id")),
        sa.ForeignKeyConstraint(
            ["practice_id", "note_id"],
            ["notes.practice_id", "notes.id"],
            name=op.f("fk_note_consents_practice_id_note_id"),
        ),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_note_consents_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_note_consents")),
    )
    with op.batch_alter_table("note_consents", schema=None) as batch_op:
        batch_op.create_index("ix_note_consents_note", ["practice_id", "note_id"], unique=False)

    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("protected", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.add_column(sa.Column("protected_notes", sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("protection", sa.String(length=13), server_default="ordinary", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_column("protection")

    with op.batch_alter_table("memberships", schema=None) as batch_op:
        batch_op.drop_column("protected_notes")

    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_column("protected")

    with op.batch_alter_table("note_consents", schema=None) as batch_op:
        batch_op.drop_index("ix_note_consents_note")

    op.drop_table("note_consents")
