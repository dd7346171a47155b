"""Practice files, requests of owners, notices."""

import sqlalchemy as sa
from alembic import op

from tracker.db_guard import guarding, unguarding

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=120), nullable=True),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index("ix_notices_unread", ["user_id", "read_at"], unique=False)

    op.create_table(
        "owner_requests",
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("months", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("practice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_owner_requests_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["users.id"], name=op.f("fk_owner_requests_decided_by_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_owner_requests_practice_id")),
        sa.PrimaryKeyConstraint("practice_id", "id", name=op.f("pk_owner_requests")),
        sa.UniqueConstraint("public_id", name=op.f("uq_owner_requests_public_id")),
    )
    with op.batch_alter_table("owner_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_owner_requests_state"), ["state"], unique=False)

    op.create_table(
        "practice_files",
        sa.Column("public_id", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("practice_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.String(length=10), nullable=True),
        sa.Column("with_protected", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("passphrase", sa.LargeBinary(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=True),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["users.id"], name=op.f("fk_practice_files_asked_by_id")),
        sa.ForeignKeyConstraint(["practice_id"], ["practices.id"], name=op.f("fk_practice_files_practice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_files")),
        sa.UniqueConstraint("public_id", name=op.f("uq_practice_files_public_id")),
    )
    with op.batch_alter_table("practice_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_files_asked_by_id"), ["asked_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_practice_files_practice_id"), ["practice_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for statement in guarding(("owner_requests",)):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in unguarding(("owner_requests",)):
            op.execute(statement)
    with op.batch_alter_table("practice_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_practice_files_practice_id"))
        batch_op.drop_index(batch_op.f("ix_practice_files_asked_by_id"))

    op.drop_table("practice_files")
    with op.batch_alter_table("owner_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_owner_requests_state"))

    op.drop_table("owner_requests")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_unread")

    op.drop_table("notices")
