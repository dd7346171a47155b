from collections import Counter
from datetime import date, timedelta

import pytest

from tests.importers.oracles import pyx12_accepts
from tracker.demo.cast import PRACTICES
from tracker.demo.notes import note_text
from tracker.demo.plot import Act, DemoFile
from tracker.demo.story import tell
from tracker.domain.npi import is_npi
from tracker.importers.summary import summarise
from tracker.reading.minutes import read_minutes

TODAY = date(2026, 11, 24)
EASTSIDE = PRACTICES[0]


@pytest.fixture(scope="module")
def stories():
    return {practice.prefix: tell(practice, TODAY) for practice in PRACTICES}


def test_the_same_day_tells_the_same_story_to_the_byte(stories):
    again = tell(EASTSIDE, TODAY)
    assert [file.data for file in again.files] == [file.data for file in stories["EP"].files]
    assert again.acts == stories["EP"].acts


@pytest.mark.parametrize("today", [date(2026, 1, 2), date(2027, 6, 30), date(2028, 2, 29), date(2031, 12, 31)])
def test_a_year_ends_before_any_today_and_balances(today):
    for practice in PRACTICES:
        files = tell(practice, today).files
        assert today - timedelta(days=22) < max(file.day for file in files) < today
        assert min(file.day for file in files) > today - timedelta(days=366)
        for file in files:
            found = summarise(file.name, file.data)
            assert found["format"] is not None
            assert found["problems"] == []


def test_every_answer_is_to_a_claim_that_was_sent_before(stories):
    for story in stories.values():
        sent = set()
        for step in story.in_order():
            if isinstance(step, DemoFile) and step.name.endswith(".837"):
                sent |= {visit.control for visit in step.visits}
                claims = summarise(step.name, step.data)["claims"]
                assert claims >= len(step.visits)
            if isinstance(step, Act):
                assert step.control.removesuffix("R") in sent


def test_pyx12_accepts_files_of_the_story(stories):
    files = stories["LB"].files
    assert pyx12_accepts(files[0].data)
    assert pyx12_accepts(next(file.data for file in files if file.name.endswith(".835")))


def test_the_practices_and_clinicians_have_npis_that_could_be_real():
    for practice in PRACTICES:
        assert is_npi(practice.party.id)
        assert all(is_npi(clinician.provider.npi) for clinician in practice.clinicians)


def test_each_kind_of_trouble_happens(stories):
    troubles = Counter(visit.trouble for story in stories.values() for file in story.files for visit in file.visits)
    assert len(set(troubles) - {""}) == 18
    assert 0.08 < 1 - troubles[""] / troubles.total() < 0.16


def test_a_note_tells_the_minutes_of_its_visit(stories):
    visits = [visit for file in stories["EP"].files for visit in file.visits if visit.note in {"good", "unsigned"}]
    assert len({note_text(visit).split()[0] for visit in visits}) > 3
    for visit in visits:
        if visit.number == 1:
            continue
        read = read_minutes(note_text(visit))
        assert sorted(service.minutes for service in read.services) == sorted(line.minutes for line in visit.lines)


def test_a_thin_note_shows_minutes_and_an_unsigned_one_no_signature(stories):
    notes = {visit.note: note_text(visit) for file in stories["EP"].files for visit in file.visits if visit.note}
    assert "Tolerated treatment well" in notes["thin"]
    assert "Electronically signed" not in notes["unsigned"]
    assert "Electronically signed" in notes["good"]
