"""The figures of the page over real 835 files, against numbers added up by hand; the cases of check 28 and then some."""

from dataclasses import replace
from datetime import date

import pytest

from tests import build
from tests.edi import claim, line, remit, reversal
from tracker.domain.expected_amounts import Rate
from tracker.importers.fee_schedule import LoadedRate
from tracker.knowledge import load
from tracker.models import Payer, Practice
from tracker.reports.basis import Basis
from tracker.reports.figures import recovered_share
from tracker.reports.insights import Panels, insights, last_months
from tracker.reports.queue_conditions import Viewer
from tracker.services.bringing_in import diagnose_stored
from tracker.services.fee_schedules import By, load_rates
from tracker.services.importing import import_now

# October, payer Harbor:
#   A1 97110  $90 denied CO-50 on 10/05, again on 10/12 and 10/19          -> one denial of $90, denied 3 times
#   A1 97112  $80 paid $50, CO-45 $30                                      -> contractual, no denial
#   A2 97140  $60 paid $40, PR-1 $20                                       -> the patient's share, no denial
#   A3 97530 $100 paid $55, CO-45 $15, CO-151 $30                          -> partly denied: one denial of $30
#   A4 97110  $70 denied CO-97, reversed on 10/19 and paid $50 (CO-45 $20) -> one denial of $70, $50 came back
#   A5 97140  $50 denied CO-16, paid $40 on 10/19, taken back on 11/02     -> one denial of $50, nothing came back
#   B1 to B13, one line each, paid                                         -> 13 lines
# October, payer Summit (secondary, CLP02 = 2):
#   S1 97110  $40, OA-23 $25 by the primary, denied CO-50 $15              -> one denial of $15 at Summit alone
# November, Harbor, in progress:
#   A7 97110  $90 denied CO-50 on 11/09                                    -> in no comparison
DENIED = line("97110", 90, 0, "CO-50:90")
A1 = claim("A1", DENIED, line("97112", 80, 50, "CO-45:30"), payer_number="I1")
A2 = claim("A2", line("97140", 60, 40, "PR-1:20"), payer_number="I2")
A3 = claim("A3", line("97530", 100, 55, "CO-45:15", "CO-151:30"), payer_number="I3")
A4 = claim("A4", line("97110", 70, 0, "CO-97:70"), payer_number="I4")
A5 = claim("A5", line("97140", 50, 0, "CO-16:50"), payer_number="I5")
A4_PAID = claim("A4", line("97110", 70, 50, "CO-45:20"), payer_number="I4B")
A5_PAID = claim("A5", line("97140", 50, 40, "CO-45:10"), payer_number="I5B")
PAID = [claim(f"B{at}", line("97110", 90, 60, "CO-45:30"), payer_number=f"J{at}") for at in range(13)]
S1 = claim("S1", line("97110", 40, 0, "OA-23:25", "CO-50:15"), status="2", payer_number="S1")
A7 = claim("A7", DENIED, payer_number="I7")
FILES = (
    remit(A1, A2, A3, A4, A5, *PAID, trace="E1", paid_on="20261005"),
    remit(S1, trace="E2", paid_on="20261006", payer="SUMMIT HEALTH", payer_id="H0002"),
    remit(A1, trace="E3", paid_on="20261012"),
    remit(A1, reversal(A4), A4_PAID, A5_PAID, trace="E4", paid_on="20261019"),
    remit(reversal(A5_PAID), trace="E5", paid_on="20261102"),
    remit(A7, trace="E6", paid_on="20261109"),
)


@pytest.fixture
def found(session, cast):
    practice = session.get_one(Practice, cast.eastside.id)
    for number, data in enumerate(FILES):
        _, stored = import_now(session, practice, f"{number}.835", data, build.NOW, load())
        diagnose_stored(session, practice.id, stored, load(), build.TODAY)
    viewer = Viewer(cast.alice.id, build.TODAY, build.NOW)
    return insights(session, last_months(build.TODAY, 12), (), viewer, load().root_causes, Panels(speed=True))


def test_check_28_october_holds_five_denials_of_their_dollars(found):
    # 90 + 30 + 70 + 50 at Harbor and 15 at Summit = $255; the repeats of A1 add nothing.
    assert found.month.code == "2026-10"
    assert (found.trend.last_complete.denials, found.trend.last_complete.cents) == (5, 25_500)


def test_the_rate_is_of_lines_first_answered_in_october(found):
    # 6 lines of A1 to A5, 13 of B, 1 of S: 20 lines. Denied by their first answer: 5. 5 of 20 is 25.0 %.
    rate = found.trend.last_complete.rate
    assert (rate.part, rate.whole, rate.text()) == (5, 20, "25.0%")


def test_check_28_a_line_denied_three_times_is_one_denial_and_three_events(found):
    # 3 of A1, 1 each of A3, A4, A5 and S1 = 7 events; one denial was denied more than once.
    assert (found.shares.denials, found.shares.cents) == (5, 25_500)
    assert (found.shares.times_denied, found.shares.repeated) == (7, 1)


def test_what_was_taken_back_is_not_recovered(found):
    # A4 brought $50; the $40 of A5 went back to the payer.
    assert (found.cohort.recovered_cents, found.cohort.paid_denials) == (5_000, 1)


def test_each_payer_has_its_own_denials(session, found):
    # Harbor 4 denials, $240, of 19 lines: too few for a rate; Summit 1, $15, of 1 line.
    rows = {row.name: row for row in found.payers}
    summit = next(payer.name for payer in session.query(Payer) if payer.name.lower().startswith("summit"))
    [harbor] = rows.keys() - {summit}
    assert (rows[harbor].denials, rows[harbor].cents, rows[harbor].rate) == (4, 24_000, (4, 19, 20))
    assert (rows[summit].denials, rows[summit].cents, rows[summit].rate) == (1, 1_500, (1, 1, 20))
    assert rows[harbor].rate.text() == "n/a"


def test_check_27_november_is_in_progress_and_in_no_comparison(found):
    open_month = found.trend.in_progress
    assert (open_month.month.code, open_month.denials, open_month.cents) == ("2026-11", 1, 9_000)
    assert found.trend.last_complete.month.code == "2026-10"
    assert found.funnel.stages[0].denials == 5
    assert [row.month.code for row in found.curve.months] == ["2026-10"]


def test_nobody_acted_so_the_money_came_without_an_appeal(found):
    # All five are where they were; the $50 of A4 is "paid without either", never "overturned".
    assert [stage.denials for stage in found.funnel.stages] == [5, 0, 0, 0, 0, 0]
    assert found.funnel.stages[1].missing_denials == 5
    assert (found.funnel.otherwise.paid_denials, found.funnel.otherwise.recovered_cents) == (1, 5_000)


def test_what_is_still_open_keeps_the_median_from_looking_good(found):
    # October: A4 closed after 14 days (10/05 to 10/19), four are open: 5 denials are under 10, so no median.
    spans = {span.name: span for month in found.speed if month.month.code == "2026-10" for span in month.spans}
    assert (spans["closed"].done, spans["closed"].still_open, spans["closed"].median) == (1, 4, None)
    assert (spans["acted"].done, spans["acted"].still_open) == (0, 4)


def test_on_the_expected_basis_october_is_what_the_contract_pays_and_says_what_lacks_a_rate(session, cast, found):
    # Harbor pays $40 for 97110 (1 unit each): A1 $40 of $90, A4 $40 of $70. No rate: A3 97530 $30, A5 97140 $50, S1 $15.
    # October: 40 + 40 + 30 + 50 + 15 = $175, 3 of 5 without a rate. November: A7 $40. Recovered $50 of $175: 29 %.
    harbor = session.query(Payer).filter(~Payer.name.ilike("summit%")).one()
    rates = [LoadedRate(2, harbor.name, "97110", Rate("", date(2026, 1, 1), None, 4_000))]
    load_rates(session, cast.eastside.id, rates, [harbor], By(cast.alice.id, build.NOW))
    asked = replace(last_months(build.TODAY, 12), basis=Basis.EXPECTED)
    viewer = Viewer(cast.alice.id, build.TODAY, build.NOW)
    expected = insights(session, asked, (), viewer, load().root_causes)
    assert (expected.trend.last_complete.denials, expected.trend.last_complete.cents) == (5, 17_500)
    assert expected.trend.in_progress.cents == 4_000
    assert (expected.without_rate, expected.trend.denials) == (3, 6)
    assert recovered_share(expected.cohort) == "29%"
    assert expected.funnel.stages[0].cents == expected.shares.cents == expected.pareto.cents == 17_500
    assert {row.name: row.cents for row in expected.payers if row.name == harbor.name} == {harbor.name: 16_000}
    assert found.trend.last_complete.cents == 25_500
