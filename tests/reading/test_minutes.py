"""Minutes in every form notes write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.growth import assert_linear
from tracker.reading.minutes import Minutes, read_minutes


def minutes_by_code(text: str) -> dict[str, int]:
    return {service.codes[0]: service.minutes for service in read_minutes(text).services}


@pytest.mark.parametrize(
    ("text", "code", "minutes"),
    [
        ("97110 x 25 min", "97110", 25),
        ("97110 - 25 minutes", "97110", 25),
        ("97110: 2 units, 30 minutes", "97110", 30),
        ("97110-GP-59 x2 (30 min)", "97110", 30),
        ("97110 (2 units) 31 min", "97110", 31),
        ("CPT 97110 (GP) 2 units / 31 min", "97110", 31),
        ("97110 units: 2  minutes: 30", "97110", 30),
        ("97110 minutes: 30 units: 2", "97110", 30),
        ("Therapeutic exercise (97110): 25 minutes", "97110", 25),
        ("97110 Therapeutic Exercise 25 min", "97110", 25),
        ("Ther Ex: 25 mins", "97110", 25),
        ("Therapeutic activities; 15 minutes", "97530", 15),
        ("TE x19: supine wand 2x15", "97110", 19),
        ("{NMR 12} single-leg stand", "97112", 12),
        ("TA 30: tray carry", "97530", 30),
        ("Gait 15': cane to none 4x60 ft", "97116", 15),
        ("30' TE", "97110", 30),
        ("ther ex 25m", "97110", 25),
        ("97530 Therapeutic Activities 0:15", "97530", 15),
        ("Manual therapy fifteen minutes", "97140", 15),
        ("Manual therapy - twenty-five minutes", "97140", 25),
        ("15 minutes of manual therapy", "97140", 15),
        ("TE 9:05-9:28", "97110", 23),
        ("97110 905-928", "97110", 23),
        ("97110 0905-0928", "97110", 23),
        ("Therex 9:05 am to 9:28 am", "97110", 23),
        ("97110 12:50-1:35", "97110", 45),
        ("13:00-13:25  (25)  97530", "97530", 25),
        ("4:00-4:30 ther ex (30): cable ER", "97110", 30),
        ("97533, 3:02-3:29 (27): platform swing", "97533", 27),
        ("Ther-ex ....................................... 33      2", "97110", 33),
        ("Manual ........................................  7      1", "97140", 7),
        ("Therapeutic exercise............30 min......2 units", "97110", 30),
        ("| Therapeutic exercise | 97110 | 25 | 2 |", "97110", 25),
        ("| 97110 | 2 | 25 |", "97110", 25),
        ("97140\t15\t1", "97140", 15),
        ("Ultrasound 1.0 MHz 1.2 W/cm2 x 8 min", "97035", 8),
        ("Self-care/home mgmt training 97535: 23 min", "97535", 23),
        ("Minutes: 97110 = 30", "97110", 30),
    ],
)
def test_minutes_of_a_service_are_read(text: str, code: str, minutes: int):
    assert minutes_by_code(text) == {code: minutes}


@pytest.mark.parametrize(
    ("text", "by_code"),
    [
        ("TherEx 30min; Manual 15min; TherAct 10min", {"97110": 30, "97140": 15, "97530": 10}),
        ("Ther ex (30), manual (15), NMR (8)", {"97110": 30, "97140": 15, "97112": 8}),
        ("TE-30 MT-15 TA-10", {"97110": 30, "97140": 15, "97530": 10}),
        ("8 min 97140, 15 min 97110", {"97140": 8, "97110": 15}),
        ("31 min examination 8:00-8:31. Then 8:31-8:41 ther ex 10 min", {"97161": 31, "97110": 10}),
        ("97110 (10:00-10:25), 97140 (10:25-10:40)", {"97110": 25, "97140": 15}),
    ],
)
def test_several_services_on_a_line_keep_their_own_minutes(text: str, by_code: dict[str, int]):
    assert minutes_by_code(text) == by_code


@pytest.mark.parametrize(
    "text",
    [
        "Exercise 3x10, 2 sets",
        "97110 x2",
        "97110 2 units",
        "Ther ex: NuStep 10 min, bridges 3x10",
        "NuStep x 10 min L4 for warm up",
        "He rode 10 minutes. Gait 5 laps.",
        "Home exercise 20 min/day",
        "Gait 150 ft with cane",
        "Gait 0.91 m/s",
        "patient cannot use te arm 15 times",
        "Fatigue after 15 min gait",
    ],
)
def test_other_numbers_are_no_minutes_of_a_service(text: str):
    assert minutes_by_code(text) == {}


@pytest.mark.parametrize(
    ("text", "timed", "treatment"),
    [
        ("Timed 34 / Total 34", 34, 34),
        ("Timed/total  | 43 / 43", 43, 43),
        ("{Timed/Total} 37/37", 37, 37),
        ("Total 45/45.", 45, 45),
        ("Timed 27. Total 46 w/ needling and check.", 27, 46),
        ("sum 41 timed / 41 total", 41, 41),
        ("TOTAL TIMED 40     TOTAL TREATMENT 42", 40, 42),
        ("Timed total ........: 45", 45, None),
        ("One-on-one 30 / session 32  (10:31-11:03)", 30, 32),
        ("One-on-one timed: 16. All treatment: 44.", 16, 44),
        ("Timed 44, in all 48.", 44, 48),
        ("Timed code treatment minutes: 38", 38, None),
        ("Total Timed Code Minutes: 38\nTotal Treatment Time: 45", 38, 45),
        ("Total treatment time (min): 45", None, 45),
        ("Total time 45 minutes (timed 38)", 38, 45),
        ("Timed: 38 / Untimed: 10 / Total: 48", 38, 48),
        ("Pt seen 1:1 for 38 minutes", 38, None),
        ("1:1 in gym, 45 min timed (1:00-1:45)", 45, None),
        ("40 min total in clinic.", None, 40),
    ],
)
def test_stated_totals_are_read(text: str, timed: int | None, treatment: int | None):
    minutes = read_minutes(text)

    assert (minutes.timed and minutes.timed.minutes) == timed
    assert (minutes.treatment and minutes.treatment.minutes) == treatment


@pytest.mark.parametrize(
    "text",
    [
        "Timed up and go 13.8 s",
        "Timed 10 m walk 9 s",
        "PLS-5 auditory comprehension 74, expressive 71, total 71",
        "untimed 12 min traction",
        "Sit to stand 12, total 24 points",
    ],
)
def test_tests_and_scores_are_no_totals(text: str):
    minutes = read_minutes(text)

    assert minutes.timed is None
    assert minutes.treatment is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("O: In 9:02, out 9:38", 36),
        ("In 3:55 pm, out 4:40 pm.", 45),
        ("Time in / out ......: 14:00 / 14:48", 48),
        ("Time In: 0900  Time Out: 0945", 45),
        ("Start time: 9:00 AM  End time: 9:45 AM", 45),
        ("Session: 1:00 pm - 1:45 pm", 45),
        ("{Time} 7:30a-8:10a", 40),
        ("OT  4/28/2026  10:15 - 10:55", 40),
        ("11:30-12:15", 45),
    ],
)
def test_time_in_and_out_gives_the_session(text: str, minutes: int):
    session = read_minutes(text).session

    assert session is not None
    assert session.minutes == minutes


@pytest.mark.parametrize(
    ("text", "by_code"),
    [
        ("MT 16 gr III-IV glides. TE 24 pulleys 3x15. 40/40 t/t.", {"97140": 16, "97110": 24}),
        ("TE 27 leg press 180# 4x8. NMR 15 star excursion.\n42/42", {"97110": 27, "97112": 15}),
        ("TE 27 leg press. NMR 15 star excursion. Strength 40/44", {}),
        ("TE 3 sets, MT 2 visits left. 40/40 timed/total", {}),
    ],
)
def test_bare_figures_behind_services_are_minutes_where_their_sum_is_told(text, by_code):
    assert minutes_by_code(text) == by_code


def test_timed_and_all_minutes_as_two_bare_figures_are_known_by_the_sum_of_the_services():
    minutes = read_minutes("MT 14 min, TEx 42 min. Grip 20/25. 56/60")

    assert (minutes.timed.minutes, minutes.treatment.minutes) == (56, 60)


def test_arrival_and_leaving_are_the_session():
    session = read_minutes("Arrived 2:02 pm  Left 2:47 pm").session

    assert session is not None
    assert session.minutes == 45


def test_stretches_that_begin_lines_are_blocks():
    note = "8:05-8:26  balance board circles\n8:26-8:43  satchel on and off\n8:43-8:46  boots back on"

    assert [block.minutes for block in read_minutes(note).blocks] == [21, 17, 3]


def test_empty_time_fields_are_found():
    note = "HARVEST OT   Wed 3/4/2026\nVisit 8     In __:__  Out __:__\n"
    minutes = read_minutes(note)

    assert minutes.none_found
    assert [note[start:end] for start, end in minutes.blanks] == ["In __:__  Out __:__"]


def test_exercise_detail_is_kept_apart_as_loose_minutes():
    minutes = read_minutes("Kitchen lab. Stirred batter 4 min, carried bowl.")

    assert minutes.none_found
    assert minutes.loose == 4


# ---- every form, made up

_SERVICES = {"97110": "Ther ex", "97140": "Manual therapy", "97530": "Therapeutic activities", "97116": "Gait training"}
_FORMS = [
    "{name}: {minutes} min",
    "{name} x{minutes}",
    "{name} ({code}) - {minutes} minutes",
    "{code} {name} {minutes}'",
    "{code}-GP x{units} ({minutes} min)",
    "{minutes} min {name}",
    "{name} .......... {minutes}   {units}",
    "| {name} | {code} | {minutes} | {units} |",
    "{begins}-{ends} {name} ({minutes})",
    "{code} {begins}-{ends}",
    "{name} for {minutes} minutes: 3x10 each, cue at rep 7",
]


@st.composite
def notes(draw: st.DrawFn) -> tuple[str, dict[str, int]]:
    """A note with some services in some forms, and the minutes it tells."""
    codes = draw(st.lists(st.sampled_from(sorted(_SERVICES)), min_size=1, max_size=4, unique=True))
    lines, told, clock = [], {}, 9 * 60
    for code in codes:
        minutes = draw(st.integers(8, 59))
        times = [f"{at // 60}:{at % 60:02}" for at in (clock, clock + minutes)]
        form = draw(st.sampled_from(_FORMS))
        lines.append(
            form.format(
                name=_SERVICES[code],
                code=code,
                minutes=minutes,
                units=(minutes + 7) // 15,
                begins=times[0],
                ends=times[1],
            )
        )
        told[code] = minutes
        clock += minutes
    prose = draw(st.sampled_from(["S: pain 3/10 this a.m.", "Pt doing well, slept 6 h.", "HEP done 5/7 days."]))
    total = draw(st.sampled_from(["Timed {0} / Total {0}", "Total timed minutes: {0}", "Timed {0} min.", ""]))
    return "\n".join([prose, *lines, total.format(sum(told.values())), "Cont 2x/wk."]), told


@given(notes())
def test_a_made_up_note_is_read_as_it_was_made(made: tuple[str, dict[str, int]]):
    note, told = made
    minutes = read_minutes(note)

    assert {service.codes[0]: service.minutes for service in minutes.services} == told
    if "Timed" in note or "timed" in note:
        assert minutes.timed is not None
        assert minutes.timed.minutes == sum(told.values())


@given(st.text(alphabet="0123456789:-. x()min'\n97110TEtotaldone_/ap", max_size=300))
def test_any_text_is_read_and_every_place_lies_in_it(text: str):
    minutes = read_minutes(text)

    for place in _places(minutes):
        assert 0 <= place[0] < place[1] <= len(text)
    assert all(0 < service.minutes <= 480 for service in minutes.services)


def _places(minutes: Minutes) -> list[tuple[int, int]]:
    stated = [each for each in (minutes.timed, minutes.treatment, minutes.session) if each is not None]
    return [(each.start, each.end) for each in (*minutes.services, *minutes.blocks, *stated)] + [*minutes.blanks]


@pytest.mark.parametrize(
    "piece",
    ["97110 ", "9:05-9:28 ", "15 min ", "timed/total 4", "in 9:00 out ", "1", "manual 15, ", "İ97110 15 min ", "min "],
)
def test_a_hostile_megabyte_takes_linear_time(piece: str):
    assert_linear(piece, read_minutes)


def test_a_visit_in_two_parts_is_one_stretch_of_the_clock():
    found = read_minutes("Testing one-on-one: 08:00-09:02 (62 min) and 09:15-10:14 (59 min). Total timed 121 minutes.")

    assert found.session is not None
    assert (found.session.clock.begins, found.session.clock.ends) == (8 * 60, 10 * 60 + 14)


def test_stretches_hours_apart_are_no_visit_in_parts():
    found = read_minutes("Seen 08:00-08:30 by OT, later 13:00-13:45 by PT. Timed 45.")

    assert found.session is not None
    assert found.session.minutes == 45


def test_a_figure_nobody_could_read_is_no_total():
    assert read_minutes("timed 2[?] min    tot [illegible]").timed is None


def test_names_and_figures_joined_by_strokes_are_read_in_their_order():
    found = read_minutes("TherEx/MT/TTT: 14/8/34   (TTT incl. 12 ice, unbilled)")

    assert [(each.codes[0], each.minutes) for each in found.services] == [("97110", 14), ("97140", 8)]


def test_other_figures_joined_by_strokes_are_no_minutes():
    assert read_minutes("Flex/ext: 110/5. R/L: 40/38. BP: 120/80").services == ()


@pytest.mark.parametrize(
    ("text", "treatment"),
    [
        ("We worked on her wrist. Total appointment thirty-five minutes.", 35),
        ("Timed minutes forty-two, total minutes forty-two.", 42),
        ("Brace mgmt 23 min, total 23", 23),
        ("Stair practice 20 min, Berg total 46/56", None),
    ],
)
def test_totals_in_words_and_beside_their_figure(text, treatment):
    total = read_minutes(text).treatment

    assert (total.minutes if total else None) == treatment


def test_an_empty_box_is_a_blank():
    text = "Timed: [    ]  Total: 40 min"

    assert [text[start:end] for start, end in read_minutes(text).blanks] == ["Timed: [    ]"]


@pytest.mark.parametrize("text", ["Girl with L hemi CP. 30 min of play.", "HOOS-ADL 61 of 100"])
def test_words_that_are_no_service(text):
    assert read_minutes(text).services == ()
