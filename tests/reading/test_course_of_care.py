"""Words of the course, maintenance, frequency, sides and dose tables."""

import pytest

from tracker.reading.doses import read_dose_rows
from tracker.reading.frequency import read_frequencies, read_visits_this_week
from tracker.reading.maintenance import read_maintenance
from tracker.reading.progress import read_progress
from tracker.reading.reports import read_missing_reports
from tracker.reading.services import lowered
from tracker.reading.sides import read_sides, says_both
from tracker.reading.visits import read_visit_number


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Pt has plateaued.", "plateau"),
        ("reached max benefit of PT", "plateau"),
        ("LBP about the same", "same"),
        ("no significant change since April", "same"),
        ("Sounds are getting better overall", "vague"),
        ("progressing toward all goals", "vague"),
        ("flare-up after the weekend", "worse"),
        ("Plan changed to aquatic, referred back to Dr. Osei", "answered"),
        ("was in hospital for a week", "answered"),
    ],
)
def test_words_of_the_course_are_found(text, kind):
    assert kind in {sign.kind for sign in read_progress(lowered(text))}


@pytest.mark.parametrize(
    "text",
    [
        "Goal: maintain transfers with min A",
        "Maintenance program, visit 41",
        "to maintain her present level of function",
        "Aim: keep the arm where it is",
        "skilled maintenance to slow decline",
        "improvement is not expected",
    ],
)
def test_the_aim_of_holding_a_level_is_found(text):
    assert read_maintenance(lowered(text)).aim


@pytest.mark.parametrize("text", ["cue to maintain neutral wrist", "maintained balance 20 s", "maintain eye contact"])
def test_keeping_a_posture_is_no_maintenance(text):
    assert not read_maintenance(text).aim


def test_reasons_for_a_therapist_and_against_one_are_told_apart():
    text = "brother tried the stretch, set off clonus; vitals watched. daughter does the same at home. no falls."
    maintenance = read_maintenance(text)
    assert maintenance.risk
    assert maintenance.therapist
    assert maintenance.others
    assert maintenance.steady


@pytest.mark.parametrize(
    ("text", "per_week", "weeks"),
    [
        ("2x/wk x 8 wk", 2, 8),
        ("PT 3 times per week for 6 weeks", 3, 6),
        ("twice weekly", 2, None),
        ("1-2x/wk", 2, None),
        ("two visits a week", 2, None),
        ("5 days/week", 5, None),
        ("Cont 2/wk x 4 more wk", 2, 4),
    ],
)
def test_a_frequency_is_read(text, per_week, weeks):
    frequency = read_frequencies(text.lower())[0]
    assert (frequency.per_week, frequency.weeks) == (per_week, weeks)


@pytest.mark.parametrize("text", ["LTG 8 wk", "in 3 weeks", "seen 2 weeks ago", "6 weeks post op"])
def test_a_stretch_of_weeks_is_no_frequency(text):
    assert read_frequencies(text.lower()) == ()


def test_visits_of_the_week_are_counted_where_the_note_counts_them():
    week = read_visits_this_week("v13 (5th visit this week)")
    assert week is not None
    assert week.per_week == 5
    assert read_visits_this_week("5th visit") is None


@pytest.mark.parametrize(
    ("text", "side", "region"),
    [
        ("L knee 3/10", "left", "knee"),
        ("right shoulder", "right", "shoulder"),
        ("Shoulder (L) sore", "left", "shoulder"),
        ("ankle, left, swollen", "left", "foot"),
        ("LEFT hip flexor", "left", "hip"),
        ("Rt. wrist ext 40", "right", "hand"),
        ("s/p R TKA", "right", "knee"),
    ],
)
def test_a_side_is_read_at_its_part(text, side, region):
    found = read_sides(text.lower())
    assert [(each.side, each.region) for each in found] == [(side, region)]


@pytest.mark.parametrize("text", ["l/s roll", "pt l. knee", "f/u r/t fall", "sr. knee nurse"])
def test_letters_of_other_words_are_no_side(text):
    assert all(each.region != "knee" or text[each.start] == "l" for each in read_sides(text))


def test_both_sides_are_seen():
    assert says_both("bilateral knee oa")
    assert says_both("strength r/l 4/5")
    assert not says_both("left knee")


def test_a_table_of_doses_tells_whether_they_changed():
    rows = read_dose_rows("bridge   3x10   3x10   3x10\nslr | 2x10 | 2x12 | 3x10\npain | 5/4 | 5/4\n")
    assert [(row.visits, row.is_same) for row in rows] == [(3, True), (3, False)]


@pytest.mark.parametrize(
    ("text", "number"),
    [("Visit 13", 13), ("v13 of 24", 13), ("session #9", 9), ("12th visit", 12), ("Tx 4/12", 4)],
)
def test_the_number_of_the_visit_is_read(text, number):
    visit = read_visit_number(text.lower())
    assert visit is not None
    assert visit.visit == number


@pytest.mark.parametrize("text", ["treatment 15 min", "5th visit this week", "v 1.5", "lives on 5th"])
def test_other_numbers_are_no_visit(text):
    assert read_visit_number(text.lower()) is None


def test_a_report_that_was_not_written_is_found():
    assert read_missing_reports("session 13 (no summary written since the evaluation)")
    assert not read_missing_reports("progress report 7/7")


def test_visits_of_the_week_are_counted_in_words_too():
    week = read_visits_this_week("in four times this week, as since july")

    assert week is not None
    assert week.per_week == 4


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("this cannot be left to the aide", "risk"),
        ("spasticity fluctuates through the day", "risk"),
        ("hold time tailored to the clonus seen", "therapist"),
        ("order changed on the spot", "therapist"),
    ],
)
def test_why_holding_a_level_takes_a_therapist(text, kind):
    assert getattr(read_maintenance(lowered(text)), kind)
