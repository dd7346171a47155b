"""A sealed value opens where it was sealed, unchanged, and nowhere else."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from tracker.sealing.cipher import Place, SealBroken, open_sealed, read_head, seal

CIPHER = AESGCM(b"\x07" * 32)
IDS = st.integers(0, 2**63 - 1)


def opened(sealed: bytes) -> bytes:
    read_head(sealed)
    return open_sealed(CIPHER, "notes.text", sealed)


@given(st.binary(max_size=300), IDS, IDS, st.integers(1, 65_535))
def test_what_was_sealed_comes_back_with_its_place(plain, practice_id, row_id, version):
    sealed = seal(CIPHER, version, "notes.text", Place(practice_id, row_id), plain)
    assert open_sealed(CIPHER, "notes.text", sealed) == plain
    assert read_head(sealed) == (version, (practice_id, row_id))
    assert plain not in sealed or len(plain) < 4


@given(st.binary(min_size=1, max_size=60), st.data())
def test_any_changed_bit_is_noticed(plain, data):
    sealed = bytearray(seal(CIPHER, 1, "notes.text", Place(5, 6), plain))
    at = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[at // 8] ^= 1 << at % 8
    with pytest.raises(SealBroken):
        opened(bytes(sealed))


def test_a_value_does_not_open_as_another_column_or_with_another_key():
    sealed = seal(CIPHER, 1, "patients.last_name", Place(5, 6), b"Quill")
    for cipher, column in [(CIPHER, "patients.first_name"), (AESGCM(b"\x08" * 32), "patients.last_name")]:
        with pytest.raises(SealBroken, match="does not open"):
            open_sealed(cipher, column, sealed)


@given(st.binary(max_size=40))
def test_what_is_no_sealed_value_is_refused(noise):
    with pytest.raises(SealBroken):
        read_head(noise[:30])


def test_the_same_value_never_looks_the_same_twice():
    assert len({seal(CIPHER, 1, "notes.text", Place(5, 6), b"same") for _ in range(50)}) == 50
