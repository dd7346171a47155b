"""The canonical form and the keys of the audit log's chain."""

import hmac
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tests.databases import MASTER
from tracker.sealing.chain import AuditKeys, canonical, epoch_of
from tracker.sealing.key_store import MasterKey

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
# A row as the log has it: each place always a text or always a number, and either may be missing.
ROW = st.tuples(TEXT | st.none(), st.integers(0, 2**63) | st.none(), TEXT | st.none(), TEXT, st.integers(0, 99))


@given(ROW, ROW)
def test_no_two_different_rows_give_the_same_bytes(one, other):
    assert (canonical(one) == canonical(other)) is (one == other)


@given(ROW, st.integers(0, 4), TEXT)
def test_text_does_not_move_from_one_field_to_the_next(row, cut, moved):
    """What stands at the end of a field is not what stands at the beginning of the next."""
    texts = ["" if value is None else str(value) for value in row]
    longer = [*texts[:cut], texts[cut] + "|" + moved, *texts[cut + 1 :]]
    shifted = [*texts[:cut], texts[cut], *texts[cut + 1 :]]
    if cut < len(texts) - 1:
        shifted[cut + 1] = "|" + moved + shifted[cut + 1]
        assert canonical(longer) != canonical(shifted)
    assert canonical(longer) != canonical(texts)


@given(ROW)
def test_the_fields_can_be_read_back_from_the_bytes(row):
    """A decoder written here from the description alone; what can be read back has no second reading."""
    text, found = canonical(row).decode(), []
    while text:
        if text.startswith("~"):
            found.append(None)
            text = text[1:]
            continue
        length, _, rest = text.partition(":")
        found.append(rest[: int(length)])
        text = rest[int(length) :]
    assert found == [None if value is None else str(value) for value in row]


def mac(keys, chain, day):
    return keys.mac(chain, day, bytes(32), b"row")


def test_the_mac_is_that_of_the_key_over_the_mac_before_and_the_row():
    keys = AuditKeys(MASTER)
    made = keys.mac("reads", 0, b"before", b"row")
    assert made == hmac.digest(MASTER.derived("audit reads"), b"beforerow", "sha256")


def test_the_key_of_a_day_makes_the_next_and_only_one_is_held():
    keys = AuditKeys(MASTER)
    days = [mac(keys, "reads", day) for day in (5, 6, 9)]
    assert len(set(days)) == 3
    assert {chain: held.epoch for chain, held in keys._held.items()} == {"reads": 9}
    assert mac(AuditKeys(MASTER), "reads", 6) == days[1]
    assert mac(keys, "reads", 5) == days[0]


def test_chains_and_installations_have_keys_of_their_own():
    keys = AuditKeys(MASTER)
    others = AuditKeys(MasterKey(bytes(32)))
    made = {mac(keys, "reads", 5), mac(keys, "changes", 5), mac(others, "reads", 5)}
    assert len(made) == 3
    assert keys.hidden("alice") != others.hidden("alice")


def test_an_epoch_is_a_day_in_utc():
    evening = datetime(2026, 11, 23, 20, tzinfo=timezone(timedelta(hours=-8)))
    assert (
        epoch_of(evening)
        == epoch_of(datetime(2026, 11, 24, 4, tzinfo=UTC))
        == epoch_of(datetime(2025, 1, 1, tzinfo=UTC)) + 692
    )
    assert epoch_of(datetime(2019, 1, 1, tzinfo=UTC)) == 0
