"""PostgreSQL keeps practices apart by itself (row level security); SQLite has no such thing."""

from alembic import op

from tracker.db_guard import guarding, unguarding

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TABLES = (
    "adjustments",
    "api_answers",
    "appeal_denials",
    "appeals",
    "attachments",
    "authorizations",
    "cause_decisions",
    "claim_lines",
    "claim_payments",
    "claims",
    "denial_answers",
    "denials",
    "eligibility_checks",
    "events",
    "findings",
    "imports",
    "letter_texts",
    "letters",
    "note_consents",
    "note_links",
    "notes",
    "outcomes",
    "own_templates",
    "patients",
    "payer_profiles",
    "pictures",
    "plans_of_care",
    "provider_adjustments",
    "providers",
    "raw_files",
    "records_requests",
    "remarks",
    "remittances",
    "rule_switches",
    "service_payments",
    "signing_permissions",
    "submissions",
    "suggestions",
    "template_editions",
    "therapist_asks",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in guarding(_TABLES):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in unguarding(_TABLES):
            op.execute(statement)
