"""A packet cut into the files a payer takes."""

import random
from io import BytesIO

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.letters.drawing import drawn, words
from tests.letters.reading import bookmarks, page_texts
from tracker.letters.packet import ExhibitFile, index_rows, make_packet
from tracker.letters.packet_parts import PacketLimits, fits_whole, over_limits, plan_parts, split_packet
from tracker.letters.problems import PacketProblem

_MB = 1_000_000


@pytest.fixture(scope="module")
def packet():
    """Two pages of letter, an index, exhibits of 4 and 3 pages: 10 pages."""
    exhibits = [
        ExhibitFile("Chart", drawn(*(words(f"chart {n}") for n in range(1, 5)))),
        ExhibitFile("Plan", drawn(*(words(f"plan {n}") for n in range(1, 4)))),
    ]
    letter = drawn(words("letter 1"), words("letter 2"))
    return make_packet(letter, exhibits, title="Appeal A-318", practice="Lakeview Rehab")


def _split(packet, limits):
    return split_packet(
        packet.pdf, index_rows(packet.exhibits), limits, title="Appeal A-318", practice="Lakeview Rehab"
    )


def test_every_part_holds_its_pages_in_order_behind_an_index_that_says_what_is_where(packet):
    parts = _split(packet, PacketLimits(file_pages=5))
    assert [(part.number, part.of, part.first_page, part.last_page) for part in parts] == [
        (1, 3, 1, 4), (2, 3, 5, 8), (3, 3, 9, 10),
    ]  # fmt: skip
    read = [page_texts(part.pdf) for part in parts]
    assert [len(texts) for texts in read] == [5, 5, 3]
    for number, texts in enumerate(read, start=1):
        assert f"Part {number} of 3, packet pages" in texts[0]
        assert "Exhibit A Chart 4 to 7 1 and 2" in texts[0]
        assert "Exhibit B Plan 8 to 10 2 and 3" in texts[0]
    together = [text for texts in read for text in texts[1:]]
    assert together == page_texts(packet.pdf)


def test_bookmarks_of_a_part_lead_to_what_it_holds(packet):
    parts = _split(packet, PacketLimits(file_pages=5))
    assert [bookmarks(part.pdf) for part in parts] == [
        ["Index of exhibits", "Letter", "Index of exhibits", "Exhibit A: Chart"],
        ["Index of exhibits", "Exhibit A: Chart", "Exhibit B: Plan"],
        ["Index of exhibits", "Exhibit B: Plan"],
    ]
    with pikepdf.open(BytesIO(parts[1].pdf)) as opened:
        assert str(opened.docinfo.Title) == "Appeal A-318, part 2 of 3"


def test_the_same_packet_gives_the_same_parts(packet):
    limits = PacketLimits(file_pages=6)
    assert [part.pdf for part in _split(packet, limits)] == [part.pdf for part in _split(packet, limits)]


def _noise(seed: int) -> bytes:
    """A scan that cannot be made small: about 0.8 MB in a packet."""
    written = BytesIO()
    Image.frombytes("RGB", (1100, 1100), random.Random(seed).randbytes(3 * 1100 * 1100)).save(written, "PNG")
    return written.getvalue()


def test_no_part_is_bigger_than_the_payer_takes():
    scans = [ExhibitFile(f"Scan {number}", _noise(number)) for number in range(5)]
    parts = _split(make_packet(drawn(words("letter")), scans, practice="Lakeview"), PacketLimits(file_mb=2))
    assert len(parts) == 3
    assert all(len(part.pdf) <= 2 * _MB for part in parts)


def test_a_page_too_big_for_any_file_is_named():
    with pytest.raises(PacketProblem, match=r"page 2 alone takes 3.0 MB, and this payer takes 2 MB a file"):
        plan_parts([1000, 3 * _MB], PacketLimits(file_mb=2))


_LIMITS = st.builds(
    PacketLimits,
    file_mb=st.none() | st.integers(1, 60),
    file_pages=st.none() | st.integers(2, 50),
)


@given(st.lists(st.integers(1, 800_000), min_size=1, max_size=200), _LIMITS)
def test_parts_hold_every_page_once_within_the_limits(sizes, limits):
    parts = plan_parts(sizes, limits)
    assert [page for first, last in parts for page in range(first, last + 1)] == list(range(len(sizes)))
    for first, last in parts:
        assert limits.file_pages is None or last - first + 2 <= limits.file_pages
        assert limits.file_mb is None or sum(sizes[first : last + 1]) <= limits.file_mb * _MB


@pytest.mark.parametrize(
    ("limits", "words_"),
    [
        (PacketLimits(files=2), "The packet makes 3 files, and this payer takes 2"),
        (PacketLimits(total_mb=5), "The packet has 6.0 MB, and this payer takes 5 MB in all"),
        (PacketLimits(files=3, total_mb=6), ""),
        (PacketLimits(), ""),
    ],
)
def test_more_than_the_payer_takes_in_all_is_said(limits, words_):
    assert over_limits([2 * _MB, 2 * _MB, 2 * _MB], limits) == words_


def test_a_packet_within_the_limits_needs_no_parts():
    assert fits_whole(b"x" * 100, 10, PacketLimits())
    assert fits_whole(b"x" * 100, 10, PacketLimits(files=1, file_mb=1, file_pages=10))
    assert not fits_whole(b"x" * 100, 10, PacketLimits(file_pages=9))
    assert not fits_whole(b"x" * (_MB + 1), 10, PacketLimits(file_mb=1))
    assert not PacketLimits()
    assert PacketLimits(files=3)
