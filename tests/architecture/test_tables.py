"""Every table says whose its rows are, and no key crosses from one practice to another."""

import pytest
from sqlalchemy import BigInteger, Float

from tracker.models import Base
from tracker.models.base import PracticeOwned

# Tables of the installation. A job and a session name a practice but are not its records.
GLOBAL = {"practices", "payers", "users", "memberships", "sessions", "searches", "jobs"}

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
