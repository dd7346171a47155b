"""Fill the counts by day."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        sa.text(
            "INSERT INTO day_counts (practice_id, id, day, payer_id, lines, denials, denied_cents, at_first_answer,"
            " paid_denials, recovered_cents)"
            " SELECT practice_id, row_number() OVER (), day, payer_id, CAST(sum(lines) AS BIGINT),"
            " CAST(sum(denials) AS BIGINT), CAST(sum(denied_cents) AS BIGINT), CAST(sum(at_first_answer) AS BIGINT),"
            " CAST(sum(paid_denials) AS BIGINT), CAST(sum(recovered_cents) AS BIGINT)"
            " FROM (SELECT practice_id, first_remit_on AS day, payer_id, count(*) AS lines, 0 AS denials,"
            " 0 AS denied_cents, 0 AS at_first_answer, 0 AS paid_denials, 0 AS recovered_cents"
            " FROM claim_lines WHERE first_remit_on IS NOT NULL GROUP BY practice_id, first_remit_on, payer_id"
            " UNION ALL"
            " SELECT d.practice_id, d.denied_on, d.payer_id, 0, count(*), sum(d.amount_cents),"
            " sum(CASE WHEN l.first_remit_on = d.denied_on THEN 1 ELSE 0 END),"
            " sum(CASE WHEN d.recovered_cents > 0 THEN 1 ELSE 0 END), sum(d.recovered_cents)"
            " FROM denials d LEFT JOIN claim_lines l ON l.practice_id = d.practice_id AND l.id = d.claim_line_id"
            " WHERE d.root_cause <> 'adj_not_a_denial' AND d.close_reason <> 'not_a_denial'"
            " GROUP BY d.practice_id, d.denied_on, d.payer_id) AS found"
            " WHERE true GROUP BY practice_id, day, payer_id ON CONFLICT DO NOTHING"
        )
    )


def downgrade() -> None:
    pass  # the revision before takes the table away
