"""Monthly reports: made, worded, saved as PDF, frozen, and what changed since."""

import csv
import io
import re
import zipfile
from datetime import date

import pypdfium2
import pytest

from tests import build
from tests.letters.reading import accessibility_failures, text_of
from tracker.db import transaction
from tracker.domain.access import Role
from tracker.domain.appeal_life import Result
from tracker.domain.expected_amounts import Rate
from tracker.importers.fee_schedule import LoadedRate
from tracker.jobs.engine import Worker
from tracker.jobs.tasks import TASKS
from tracker.knowledge import load
from tracker.letters.leftovers import leftovers_in_text
from tracker.models import ClaimLine, Denial, ImportFile, Job, Membership, MonthlyReport
from tracker.reports.monthly_list import counted_since
from tracker.reports.months import Month
from tracker.services.fee_schedules import By, load_rates
from tracker.services.outcomes import Decision, LineDecision, record_decision

MONTH = "2026-10"


@pytest.fixture
def october(sessions, cast):
    """A clinic's October: 30 answered lines, 6 of them denied, one deadline missed, and an 835 of one payer."""
    with transaction(sessions.system()) as session:
        payer = build.payer(session, "Harbor Health")
        patient = build.patient(session, cast.eastside, "Zanzibarova")
        claim = build.claim(session, cast.eastside, patient, payer)
        for number in range(30):
            line = build.claim_line(session, claim, first_remit_on=date(2026, 10, 9))
            if number < 6:
                build.denial(
                    session, line, denied_on=date(2026, 10, 9), root_cause="mn_skill_not_shown", amount_cents=10_000,
                    file_by_legal=date(2026, 11, 20), file_by_safe=date(2026, 11, 18), clock="file_by",
                    is_open=number == 0,
                )  # fmt: skip
        remittance = build.remittance(session, cast.eastside, payer_row=payer, payment_date=date(2026, 10, 9))
        session.get_one(ImportFile, (cast.eastside.id, remittance.import_id)).stored_at = build.NOW
    return payer


def add_denials(sessions, cast, payer, count):
    with transaction(sessions.system()) as session:
        claim = build.claim(session, cast.eastside, None, session.merge(payer))
        for _ in range(count):
            line = build.claim_line(session, claim, first_remit_on=date(2026, 10, 12))
            build.denial(session, line, denied_on=date(2026, 10, 12), amount_cents=5_000)


@pytest.fixture
def lead(signed_in, cast, become):
    become(cast.alice, Role.LEAD)
    return signed_in(cast.alice)


def post(client, address, **data):
    token = build.csrf_token(client.get("/reports"))
    return client.post(address, data={"csrf_token": token} | data)


def make(client, cast, month=MONTH) -> str:
    answer = post(client, "/reports", practice=cast.eastside.public_id, month=month)
    assert answer.status_code == 303
    return answer.headers["Location"]


def version_on(client, address) -> str:
    return re.search(r'name="version"[^>]*value="(\d+)"', client.get(address).text)[1]


def test_a_report_says_what_the_month_was_like(lead, cast, october):
    page = lead.get(make(lead, cast)).text
    assert "Denial report, October 2026" in page
    assert "6 denials, $600. The denial rate was 20.0% (6 of 30 lines)." in page
    assert "1 deadline missed, $100.00." in page
    assert "Skilled need not shown" in page
    assert "No 835 for Harbor Health after 10/09/2026." in page
    assert "Draft: 835s for October may still arrive" in page


def test_check_29_the_pdf_is_tagged_letter_size_and_names_no_patient(lead, cast, october):
    address = make(lead, cast)
    post(
        lead,
        f"{address}/words",
        version=version_on(lead, address),
        changed="Checks began.",
        ask="Sign plans by Friday.",
    )
    answer = lead.get(f"{address}/report.pdf")
    pdf, text = answer.data, text_of(answer.data)
    assert accessibility_failures(pdf) == []
    document = pypdfium2.PdfDocument(pdf)
    pages = len(document)
    sizes = {tuple(map(round, document.get_page_size(number))) for number in range(pages)}
    document.close()
    assert sizes == {(612, 792)}
    assert 2 <= pages <= 4
    for number in range(1, pages + 1):
        assert f"Page {number} of {pages}" in text
    assert "Zanzibarova" not in text
    assert leftovers_in_text(text) == ()
    for words in (
        "prepared by Alice", "data through", "How these numbers are defined", "Not counted", "Checks began.",
        "Sign plans by Friday.", "Aggregate report: no patient names", "What we ask you to do", "D-",
    ):  # fmt: skip
        assert words in text
    for words in ("Save PDF", "Mark final", "Export"):
        assert words not in text
    assert answer.headers["Content-Disposition"].endswith("denial-report-2026-10-eastside-pt-draft.pdf")


def test_check_29_the_trend_is_drawn_in_color(lead, cast, october):
    pdf = lead.get(f"{make(lead, cast)}/report.pdf").data
    document = pypdfium2.PdfDocument(pdf)
    page = document[0]
    bitmap = page.render(scale=1)
    data = bytes(bitmap.buffer)
    step = bitmap.n_channels
    blues = sum(1 for at in range(0, len(data) - 2, step) if data[at] > 150 and data[at + 2] < 40)  # BGR
    bitmap.close()
    page.close()
    document.close()
    assert blues > 500


def test_a_final_report_keeps_its_numbers_and_says_what_changed_since(lead, cast, october, sessions):
    address = make(lead, cast)
    assert post(lead, f"{address}/final", version=version_on(lead, address)).status_code == 303
    frozen = lead.get(f"{address}/report.pdf").data
    assert "Draft" not in text_of(frozen)
    add_denials(sessions, cast, october, 3)
    assert lead.get(f"{address}/report.pdf").data == frozen
    assert "Changed since final: +3 denials" in lead.get(address).text
    assert "Changed since final: +3 denials" in lead.get("/reports").text
    assert "6 denials, $600." in lead.get(address).text
    answer = post(lead, f"{address}/words", version=version_on_final(sessions), changed="x", ask="")
    assert "is final" in lead.get(answer.headers["Location"]).text


def version_on_final(sessions) -> str:
    with sessions.system() as session:
        return str(session.query(MonthlyReport).one().version)


def test_a_new_version_of_a_final_report_leaves_the_final_one(lead, cast, october, sessions):
    address = make(lead, cast)
    post(lead, f"{address}/final", version=version_on(lead, address))
    add_denials(sessions, cast, october, 3)
    assert make(lead, cast) == address
    second = post(lead, f"{address}/again").headers["Location"]
    assert second != address
    page = lead.get(second).text
    assert "version 2" in page
    assert "9 denials, $750." in page
    assert "6 denials, $600." in lead.get(address).text


def test_a_report_changed_after_it_was_opened_is_not_made_final(lead, cast, october, sessions):
    address = make(lead, cast)
    seen = version_on(lead, address)
    post(lead, f"{address}/words", version=seen, changed="Other words", ask="")
    answer = post(lead, f"{address}/final", version=seen)
    assert "was changed after you opened it" in lead.get(answer.headers["Location"]).text
    with sessions.system() as session:
        assert session.query(MonthlyReport).one().state == "draft"


def test_the_hash_is_of_the_frozen_pdf(lead, cast, october, sessions):
    import hashlib

    address = make(lead, cast)
    post(lead, f"{address}/final", version=version_on(lead, address))
    with sessions.system() as session:
        row = session.query(MonthlyReport).one()
        assert row.pdf_hash == hashlib.sha256(row.pdf).hexdigest()
        assert row.pdf[:5] == b"%PDF-"


def test_a_reader_sees_final_reports_alone_and_makes_none(signed_in, cast, become, lead, october):
    address = make(lead, cast)
    become(cast.bob, Role.READER)
    reader = signed_in(cast.bob)
    assert reader.get(address).status_code == 404
    assert "Make report" not in reader.get("/reports").text
    post(lead, f"{address}/final", version=version_on(lead, address))
    assert reader.get(address).status_code == 200
    assert post(reader, "/reports", practice=cast.eastside.public_id, month=MONTH).status_code == 403
    assert signed_in(cast.charlie).get(address).status_code == 404


def test_a_month_that_is_not_over_cannot_be_chosen(lead, cast, october):
    answer = post(lead, "/reports", practice=cast.eastside.public_id, month="2026-11")
    assert answer.status_code == 422
    assert "Choose one of the list" in answer.text


def test_the_tables_of_a_report_leave_with_their_definitions(lead, cast, october):
    rows = list(csv.reader(io.StringIO(lead.get(f"{make(lead, cast)}/tables.csv").text.lstrip("\ufeff"))))
    assert ["Report", "Denial report, October 2026"] in rows
    assert ["Oct 2026", "6", "600.00", "6", "30", "0.2000"] in rows
    assert any(row and row[0] == "Initial denial rate" for row in rows)


# ---- all practices ----


def test_all_practices_get_their_reports_in_one_job_and_a_zip(signed_in, sessions, cast, become, october, settings):
    become(cast.alice, Role.LEAD)
    with transaction(sessions.system()) as session:
        session.add(Membership(user_id=cast.alice.id, practice_id=cast.lakeview.id, role=Role.LEAD))
    client = signed_in(cast.alice)
    answer = post(client, "/reports", practice="", month=MONTH)
    assert answer.headers["Location"].startswith("/jobs/")
    assert client.get(answer.headers["Location"]).status_code == 200
    assert signed_in(cast.bob).get(answer.headers["Location"]).status_code == 404
    assert Worker(sessions, settings, TASKS).work_once(build.NOW)
    assert client.get(answer.headers["Location"]).headers["Location"] == "/reports"
    packed = client.get(f"/reports/months/{MONTH}.zip")
    with zipfile.ZipFile(io.BytesIO(packed.data)) as files:
        names = files.namelist()
        texts = [text_of(files.read(name)) for name in names if name.endswith(".pdf")]
    assert len(texts) == 2
    assert names[-1] == "contents.csv"
    assert any("6 denials, $600." in text for text in texts)
    assert any("Lakeview" in text and "0 denials" in text for text in texts)
    with transaction(sessions.system()) as session:
        job = session.query(Job).one()
        assert job.result == {"made": 2, "left": 0}
        job.state = "queued"  # as after a kill before its end was written
    assert Worker(sessions, settings, TASKS).work_once(build.NOW)
    with sessions.system() as session:
        assert session.query(Job).one().result == {"made": 2, "left": 0}
        assert session.query(MonthlyReport).count() == 2


def test_the_job_leaves_final_reports_and_practices_one_may_not_report_on(sessions, cast, lead, october, settings):
    from tracker.services.monthly_reports import ask_for_reports

    address = make(lead, cast)
    post(lead, f"{address}/final", version=version_on(lead, address))
    with transaction(sessions.system()) as session:
        ids = [cast.eastside.id, cast.lakeview.id]
        job = ask_for_reports(session, ids, MONTH, "expected", build.NOW, cast.alice.id)
    Worker(sessions, settings, TASKS).work_once(build.NOW)
    with sessions.system() as session:
        assert session.get_one(Job, job.id).result == {"made": 0, "left": 2}
        assert [row.edition for row in session.query(MonthlyReport)] == [1]
        assert session.query(Denial).count() == 6


# ---- expected payments, and the last mature month ----


def load_schedule(sessions, cast, payer, cents):
    with transaction(sessions.system()) as session:
        code = session.query(ClaimLine).first().code
        rates = [LoadedRate(2, payer.name, code, Rate("", date(2026, 1, 1), None, cents))]
        by = By(cast.alice.id, build.NOW)
        load_rates(session, cast.eastside.id, rates, [session.merge(payer)], by)


def test_without_a_fee_schedule_no_other_basis_is_offered_or_taken(lead, cast, october):
    assert "Expected payments" not in lead.get("/reports").text
    answer = post(lead, "/reports", practice=cast.eastside.public_id, month=MONTH, amounts="expected")
    assert answer.status_code == 422


def test_a_report_on_the_expected_basis_says_so_and_compares_like_with_like(lead, sessions, cast, october):
    load_schedule(sessions, cast, october, 10_00)
    assert "Expected payments" in lead.get("/reports").text
    address = make(lead, cast)
    billed = lead.get(address).text
    assert "Amounts are billed charges unless marked." in billed
    answer = post(lead, "/reports", practice=cast.eastside.public_id, month=MONTH, amounts="expected")
    page = lead.get(answer.headers["Location"]).text
    units = build_units(sessions)
    assert f"6 denials, ${6 * 10 * units:,.0f}." in page
    assert "Amounts are expected payments unless marked; 0 of 6 denials without" in page
    with sessions.system() as session:
        report = session.query(MonthlyReport).one()
        assert counted_since(session, report) == (0, 0)
    post(lead, f"{address}/again")
    assert "expected payments" in lead.get(address).text
    add_denials(sessions, cast, october, 1)
    with sessions.system() as session:
        assert counted_since(session, session.query(MonthlyReport).one()) == (1, min(10_00 * units, 50_00))


def build_units(sessions) -> int:
    with sessions.system() as session:
        return int(session.query(ClaimLine).first().units)


def denied_in(session, cast, payer, month, count, *, decided):
    """Denials of a month that were appealed; the payer decided the first ``decided`` of them."""
    claim = build.claim(session, cast.eastside, None, payer)
    for number in range(count):
        line = build.claim_line(session, claim, first_remit_on=date(2026, month, 9))
        denial = build.denial(session, line, denied_on=date(2026, month, 9), amount_cents=10_000)
        appeal = build.appeal(session, denial, opened_by_id=cast.alice.id)
        appeal.status, appeal.sent_on = "sent", date(2026, month, 20)
        session.flush()
        if number < decided:
            lines = [LineDecision(denial.id, Result.UPHELD, 0)]
            decision = Decision(date(2026, month, 28), lines, "R1", "Not shown")
            record_decision(session, appeal, decision, load(), build.NOW, build.TODAY, cast.alice.id)


def test_the_last_mature_month_is_the_newest_of_which_nine_in_ten_are_decided(lead, sessions, cast):
    # August: 9 of 10 decided, 84 days ago. September: 8 of 10. Neither ended 180 days ago.
    with transaction(sessions.system()) as session:
        payer = build.payer(session, "Harbor Health")
        denied_in(session, cast, payer, 8, 10, decided=9)
        denied_in(session, cast, payer, 9, 10, decided=8)
    page = lead.get(make(lead, cast)).text
    assert f"{Month(2026, 8).label} is the last mature month" in page


def test_a_month_that_ended_180_days_ago_is_mature_without_decisions_and_a_later_one_is_not(lead, sessions, cast):
    with transaction(sessions.system()) as session:
        payer = build.payer(session, "Harbor Health")
        denied_in(session, cast, payer, 4, 3, decided=0)
        denied_in(session, cast, payer, 8, 10, decided=8)
    page = lead.get(make(lead, cast)).text
    assert f"{Month(2026, 4).label} is the last mature month" in page


def test_without_a_mature_month_the_report_says_so(lead, cast, october):
    assert "No month of the twelve with denials is mature yet." in lead.get(make(lead, cast)).text
