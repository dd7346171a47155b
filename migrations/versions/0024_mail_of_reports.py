"""Mail when a monthly report is final."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("practices") as batch_op:
        batch_op.add_column(sa.Column("mail_reports", sa.Boolean(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("practices") as batch_op:
        batch_op.drop_column("mail_reports")
