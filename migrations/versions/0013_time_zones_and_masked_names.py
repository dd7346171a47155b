"""Time zones of practices and masked names."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not by copying, as SQLite's batches do: other tables point at these two.
    op.add_column("practices", sa.Column("time_zone", sa.String(length=40), nullable=True))
    op.add_column("users", sa.Column("masks_names", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "masks_names")
    op.drop_column("practices", "time_zone")
