"""Whatever the bytes, a reader answers or refuses; it never fails in any other way."""

from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.importers import recognise
from tracker.importers.errors import ImportProblem
from tracker.importers.note_text import plain_text
from tracker.importers.summary import summarise
from tracker.importers.x277ca import read_277ca
from tracker.importers.x835 import read_835
from tracker.importers.x837p import read_837p
from tracker.importers.x999 import read_999

SAMPLES = Path(__file__).parents[1] / "samples"
GOOD = [path.read_bytes() for path in sorted(SAMPLES.glob("*.[289]*"))]
KEYS = {"file", "format", "transactions", "claims", "lines", "adjustments", "charged_cents", "paid_cents"}


def answers_or_refuses(data: bytes) -> None:
    for read in (read_835, read_837p, read_277ca, read_999, plain_text, lambda data: recognise(data, "x.835")):
        with suppress(ImportProblem):
            list(read(data))
    found = summarise("x.835", data)
    assert found.keys() >= KEYS
    assert found["format"] is not None or found["problems"]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data):
    answers_or_refuses(data)


@settings(max_examples=200, deadline=None)
@given(st.text("ISAGSTE*:~|^\n 0123456789ACLPV", max_size=300))
def test_any_text_that_looks_like_x12(text):
    answers_or_refuses(text.encode())
    answers_or_refuses(
        b"ISA*00*          *00*          *ZZ*A*ZZ*B*260918*0615*^*00501*000000001*0*P*:~" + text.encode()
    )


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(GOOD),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.binary(max_size=6)), min_size=1, max_size=5),
)
def test_good_files_with_bytes_cut_and_put_in(data, changes):
    for place, removed, added in changes:
        at = int(place * len(data))
        data = data[:at] + added + data[at + removed :]
    answers_or_refuses(data)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(GOOD), st.data())
def test_good_files_with_segments_in_any_order(data, draw):
    lines = data.split(b"~")
    answers_or_refuses(b"~".join(draw.draw(st.permutations(lines))))


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([data for data in GOOD if data.count(b"IEA") == 1]), st.floats(0, 0.999))
def test_no_file_that_stops_early_is_taken_for_whole(data, place):
    end = int(place * data.rindex(b"IEA"))
    assert summarise("x.835", data[:end])["format"] is None


def test_a_file_that_stops_in_its_second_interchange_is_refused():
    data = next(data for data in GOOD if data.count(b"IEA") == 2)
    second = data.rindex(b"ISA") + 3
    assert all(summarise("x.835", data[:end])["format"] is None for end in range(second, data.rindex(b"IEA"), 7))
