"""Minutes of several services in one figure, in rows of figures, and in running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.minutes import read_minutes
from tracker.reading.note import ReadNote


def by_code(text: str) -> dict[str, int]:
    return {service.codes[0]: service.minutes for service in read_minutes(text).services}


@pytest.mark.parametrize(
    ("text", "minutes", "treatment"),
    [
        ("TherEx/MT/TTT: 14/8/34", {"97110": 14, "97140": 8}, 34),
        ("TE/MT/NMR 15/10/8 min", {"97110": 15, "97140": 10, "97112": 8}, None),
        ("MT/TE/TA = 10/15/13 (38)", {"97140": 10, "97110": 15, "97530": 13}, None),
        ("97110/97140: 23/15", {"97110": 23, "97140": 15}, None),
        ("TE + MT (min): 15/10", {"97110": 15, "97140": 10}, None),
        ("TE 15/NMR 10/MT 8", {"97110": 15, "97112": 10, "97140": 8}, None),
        ("97110-15, 97140-10 = 25 total", {"97110": 15, "97140": 10}, 25),
        ("97110 15m; 97530 15m; TTT 30", {"97110": 15, "97530": 15}, 30),
    ],
)
def test_rows_of_names_and_figures_are_read_column_by_column(text, minutes, treatment):
    read = read_minutes(text)

    assert by_code(text) == minutes
    assert (read.treatment.minutes if read.treatment else None) == treatment


@pytest.mark.parametrize(
    "text",
    [
        "MT/TE 3/14",
        "TE/MT seen 3/14/26",
        "TE/MT/NMR 15/10",
        "MT/TE/NMR 3/14/26",
        "TE/MT: 80/20% of session",
        "gait 15/day",
    ],
)
def test_dates_and_shares_are_no_minutes(text):
    assert by_code(text) == {}


@pytest.mark.parametrize(
    "text", ["Ther ex + manual: 38 min total", "97110 and 97140 combined 38 min", "97110/97140 x 38 minutes"]
)
def test_one_figure_for_two_services_belongs_to_neither_alone(text):
    (shared,) = read_minutes(text).shared

    assert by_code(text) == {}
    assert [names[0] for names in shared.names] == ["97110", "97140"]
    assert shared.minutes == 38
    assert "38" in text[shared.start : shared.end]


@pytest.mark.parametrize(
    "text", ["97110/therapeutic exercise 30 min", "STM and joint mobs 15 min", "ADLs/self care: 23 min"]
)
def test_two_names_of_one_service_keep_its_minutes(text):
    assert read_minutes(text).shared == ()
    assert len(read_minutes(text).services) == 1


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("For twenty minutes after that she did step-ups and bridges.", 20),
        ("Spent 15 minutes on bridges and clams.", 15),
        ("The next 10 minutes were spent on squats.", 10),
        ("Then 12 min of row and press.", 12),
    ],
)
def test_parts_of_the_visit_in_running_text_are_read(text, minutes):
    assert [part.minutes for part, _ in ReadNote(text).told_parts] == [minutes]


@pytest.mark.parametrize(
    "text",
    [
        "Rode the bike for 10 minutes.",
        "Tolerates standing for 20 minutes.",
        "Then rested 5 minutes.",
        "For 20 minutes daily at home she walks.",
        "Spent 10 min with ice.",
        "For 5 minutes of bike, 10 minutes of row.",
    ],
)
def test_exercise_doses_rests_and_home_programs_are_no_parts(text):
    assert ReadNote(text).told_parts == ()


@given(
    st.lists(
        st.sampled_from(
            ["TE", "MT", "/", "+", " and ", "15", "/8", ":", "TTT", "min", " ", "97110", "\n", "for ", "spent "]
        ),
        max_size=60,
    )
)
def test_every_place_stands_inside_the_text(words):
    text = "".join(words)
    read = ReadNote(text)

    for place in (*read.minutes.services, *read.minutes.shared, *(passage for _, passage in read.told_parts)):
        assert 0 <= place.start < place.end <= len(text)


@pytest.mark.parametrize(
    "piece", ["TE/", "TE/MT ", "15/", "TE and ", "TE 15/", "for 15 minutes ", "MT/TTT: 1/", "97110+"]
)
def test_a_megabyte_takes_linear_time(piece):
    assert_linear(piece, lambda note: (note.minutes, note.told_parts), ReadNote)
