"""What a person is warned of before an enclosure goes out."""

from io import BytesIO

import pytest
from PIL import Image

from tests.letters.drawing import drawn, picture, words
from tracker.letters.arrangement import Placement
from tracker.letters.packet_check import PersonName, ReadPage, draw_exhibit, read_exhibit, warnings
from tracker.letters.problems import PacketProblem

_ANN, _JOSE = PersonName("Ann", "Okafor"), PersonName("José", "Núñez Rivera")
_PLAIN = Placement("a")


def _said(*texts: str, others=(_ANN, _JOSE), placed=_PLAIN) -> list[str]:
    return warnings([ReadPage(text, 0) for text in texts], placed, others)


def test_text_and_lie_of_every_page_are_read():
    pages = read_exhibit("Chart", drawn(words("first page"), words("second page")))
    assert [(page.text.strip(), page.lies) for page in pages] == [("first page", 0), ("second page", 0)]


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
def test_a_page_whose_text_lies_turned_is_found(angle):
    (page,) = read_exhibit("Chart", drawn(words("which way is up"), rotate=angle))
    assert page.lies == angle
    said = warnings([page], Placement("a").turning([1], (360 - angle) % 360), ())
    assert said == []


@pytest.mark.parametrize(
    ("text", "warned"),
    [
        ("Patient: Okafor, Ann  DOB 1/2/1950", True),
        ("ANN OKAFOR", True),
        ("Ann B. Okafor walked 200 ft", True),
        ("Ann's sister; Mr. Okafor drove", False),
        ("Jose Nunez Rivera", True),
        ("Rivera, José", True),
        ("Annabelle Okaforson", False),
    ],
)
def test_the_name_of_another_patient_is_found_however_it_is_written(text, warned):
    assert bool(_said(text)) is warned


def test_the_warning_names_the_pages_and_a_dropped_page_is_not_looked_at():
    assert _said("Okafor, Ann", "nothing", "Ann Okafor", "Ann Okafor") == [
        "Ann Okafor, another patient, is named on pages 1 and 3-4. Drop what is not theirs"
    ]
    assert _said("Okafor, Ann", "nothing", placed=_PLAIN.dropping([1])) == []


def test_a_scan_without_text_is_to_be_looked_at_by_a_person():
    pages = read_exhibit("Scan", picture("PNG"))
    assert warnings(pages, _PLAIN, (_ANN,)) == [
        "Names cannot be looked for on page 1: a picture without text. Look at it yourself"
    ]


def test_a_page_upside_down_is_named_until_it_is_turned():
    pages = read_exhibit("Chart", drawn(words("up is down"), rotate=180))
    assert warnings(pages, _PLAIN, ()) == ["The text lies upside down on page 1. Turn it"]
    assert warnings(pages, _PLAIN.turning([1]).turning([1]), ()) == []


@pytest.mark.parametrize("content", [drawn(words("drawn")), picture("PNG"), picture("TIFF", "1")])
def test_a_picture_of_a_page_is_small_and_shows_it(content):
    (drawing,) = draw_exhibit("Chart", content, 1, 1)
    with Image.open(BytesIO(drawing)) as image:
        assert image.format == "JPEG"
        assert image.width <= 241
        assert image.height <= 311
        assert image.convert("L").getextrema()[1] > 240


def test_only_the_pages_asked_for_are_drawn():
    assert len(draw_exhibit("Chart", drawn(*[b""] * 9), 8, 99)) == 2


def test_what_cannot_be_read_is_named():
    with pytest.raises(PacketProblem, match="Chart: it is no PDF, PNG, JPG or TIF"):
        read_exhibit("Chart", b"MZ")
