"""Every table says whose its rows are, and no key crosses from one practice to another."""

import pytest
from sqlalchemy import BigInteger, Float

from tracker.models import Base
from tracker.models.base import PracticeOwned

# Tables of the installation. A job and a session name a practice but are not its records.
GLOBAL = {
    "api_tokens",
    "audit_entries",
    "audit_heads",
    "backups",
    "done_forms",
    "emergency_codes",
    "practices",
    "destroyed_practices",
    "notices",
    "practice_files",
    "practice_keys",
    "payers",
    "users",
    "memberships",
    "sessions",
    "saved_views",
    "searches",
    "jobs",
    "signatures",
    "recovery_codes",
    "user_links",
    "sign_in_tries",
}

# Columns that end in _id and hold no key of the database.
NO_KEY = {
    "patients.member_id",  # the payer's number of a person
    "rule_switches.rule_id",  # a rule of the knowledge files
    "events.subject_id",  # of any table: subject_kind says which
    "claim_lines.payer_id",  # copied from the claim, which has the key
    "claim_payments.reversed_by_id",  # a later answer of the same practice; the importer alone sets it
}

MAPPED = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
OWNED = sorted(set(MAPPED) - GLOBAL)


def test_every_table_belongs_to_a_practice_or_is_listed_as_global():
    assert {name for name, cls in MAPPED.items() if not issubclass(cls, PracticeOwned)} == GLOBAL


@pytest.mark.parametrize("name", OWNED)
def test_a_practice_is_the_first_part_of_the_key(name):
    assert [column.name for column in MAPPED[name].__table__.primary_key] == ["practice_id", "id"]


@pytest.mark.parametrize("name", OWNED)
def test_a_key_to_another_owned_table_carries_the_practice(name):
    for key in MAPPED[name].__table__.foreign_key_constraints:
        target = key.referred_table.name
        if target in OWNED:
            assert [element.target_fullname for element in key.elements] == [f"{target}.practice_id", f"{target}.id"]


def test_a_column_that_names_another_row_has_a_key_of_the_database():
    without = {
        f"{name}.{column.name}"
        for name in OWNED
        for column in MAPPED[name].__table__.c
        if column.name.endswith("_id") and column.name not in {"practice_id", "public_id"} and not column.foreign_keys
    }
    assert without == NO_KEY


@pytest.mark.parametrize("name", OWNED)
def test_the_practice_itself_exists(name):
    targets = {key.referred_table.name for key in MAPPED[name].__table__.foreign_key_constraints}
    assert "practices" in targets


def test_amounts_are_whole_cents():
    amounts = [column for cls in MAPPED.values() for column in cls.__table__.c if column.name.endswith("_cents")]
    assert amounts
    assert all(isinstance(column.type, BigInteger) for column in amounts)


def test_a_fraction_is_never_money():
    """Floats are units and quantities of X12, nothing else."""
    floats = {c.name for cls in MAPPED.values() for c in cls.__table__.c if isinstance(c.type, Float)}
    assert floats <= {"units", "units_billed", "units_paid", "quantity"}
