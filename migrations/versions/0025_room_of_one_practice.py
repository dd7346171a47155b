"""The room of one practice."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("practices") as batch_op:
        batch_op.add_column(sa.Column("room_mb", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("practices") as batch_op:
        batch_op.drop_column("room_mb")
