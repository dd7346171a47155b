"""The insights page: its numbers lead to exactly as many denials, its files are safe, it shows no other practice."""

import csv
import io
import random
import re
from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from tests import build
from tracker.db import transaction
from tracker.domain.expected_amounts import Rate
from tracker.domain.money import whole_dollars
from tracker.importers.fee_schedule import LoadedRate
from tracker.models import ClaimLine, Denial, Outcome
from tracker.reports.months import Month
from tracker.reports.payers import SORTS
from tracker.reports.queue import queue_page
from tracker.reports.queue_conditions import Viewer
from tracker.reports.queue_filter import read_filter
from tracker.services import working
from tracker.services.fee_schedules import By, load_rates

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
CAUSES = ("", "mn_skill_not_shown", "auth_absent", "bun_modifier_needed", "adj_not_a_denial")


def random_denials(session, practice, payers, seed, count=150):
    """A year of denials of every kind the figures tell apart."""
    rnd = random.Random(seed)
    patient = build.patient(session, practice)
    claims = {payer.id: build.claim(session, practice, patient, payer) for payer in payers}
    for _ in range(count):
        payer = rnd.choice(payers)
        denied = build.TODAY - timedelta(days=rnd.randrange(340))
        answered = rnd.choice([denied, denied, denied - timedelta(days=20), None])
        line = build.claim_line(session, claims[payer.id], first_remit_on=answered)
        is_open = rnd.random() < 0.5
        due = rnd.choice([None, build.TODAY + timedelta(days=rnd.randrange(-20, 70))])
        build.denial(
            session, line, denied_on=denied, root_cause=rnd.choice(CAUSES), is_open=is_open, file_by_safe=due,
            file_by_legal=due, amount_cents=rnd.randrange(1, 90_000), recovered_cents=rnd.choice([0, 4000]),
            clock="file_by", status=rnd.choice(["new", "in_review", "waiting_on_payer"]) if is_open else "closed_not_paid",
            close_reason="" if is_open else rnd.choice(["written_off", "not_a_denial", "recovered"]),
        )  # fmt: skip
    for payer in payers:
        for month in range(1, 12):
            for _ in range(25):
                build.claim_line(session, claims[payer.id], first_remit_on=date(2026, month, 9))


@pytest.fixture
def filled(sessions, cast):
    """Random denials at Alice's practice, and others at Charlie's."""
    with transaction(sessions.system()) as session:
        payers = [build.payer(session, name) for name in ("Harbor Health", "Summit Advantage")]
        random_denials(session, cast.eastside, payers, seed=7)
        random_denials(session, cast.lakeview, payers, seed=8, count=40)
    return payers


def queue_links(page):
    """Each link to the queue: its query, and the count it stands for (from its words, or a chart's label)."""
    for address, label, words in re.findall(r'<a href="(/queue\?[^"]*)"(?: aria-label="([^"]*)")?>(.*?)</a>', page):
        yield parse_qs(urlsplit(unescape(address)).query), unescape(label), re.sub(r"<[^>]+>", "", words)


def rows_on_arrival(sessions, user, practice, query):
    with sessions.reading({practice.id}) as session:
        return queue_page(session, read_filter(query), Viewer(user.id, build.TODAY, build.NOW))


def test_check_26_every_number_leads_to_exactly_as_many_denials(sessions, cast, filled, signed_in):
    page = signed_in(cast.alice).get("/insights").text
    checked = 0
    for query, label, words in queue_links(page):
        rows = rows_on_arrival(sessions, cast.alice, cast.eastside, query)
        counted = re.search(r"([\d,]+) denials?", label) or re.fullmatch(r"([\d,]+)", words)
        if counted:
            assert rows.denials == int(counted[1].replace(",", "")), (query, label, words)
            checked += 1
    assert checked > 40


def test_every_cell_of_the_heatmap_leads_to_exactly_as_many_denials(sessions, cast, signed_in):
    rnd = random.Random(3)
    with transaction(sessions.system()) as session:
        for number in range(12):
            claim = build.claim(session, cast.eastside, payer_row=build.payer(session, f"Payer {number:02}"))
            for place in range(24):
                line = build.claim_line(session, claim, first_remit_on=build.PAID_ON)
                carc = "" if place == 23 else str(40 + rnd.randrange(11))
                denied = rnd.choice([build.PAID_ON, build.PAID_ON + timedelta(days=3)])
                build.denial(session, line, denied_on=denied, carc=carc, amount_cents=rnd.randrange(1, 90_000))
    for mode in ("count", "dollars", "rate"):
        page = signed_in(cast.alice).get("/insights", query_string={"cells": mode}).text
        table = page.split('<table class="heat"')[1].split("</table>")[0]
        assert table.count("Other") == 2
        cells = re.findall(r'<a href="([^"]+)">([^<]+)(?:<span class="vh">, (\d+) denials?</span>)?</a>', table)
        assert len(cells) > 60
        total = 0
        for address, words, count in cells:
            query = parse_qs(urlsplit(unescape(address)).query)
            rows = rows_on_arrival(sessions, cast.alice, cast.eastside, query)
            assert rows.denials == int(count or words), (query, words)
            total += rows.denials
            if mode == "dollars":
                assert words == whole_dollars(rows.cents)
        assert mode == "rate" or total == 12 * 24


def test_the_tiles_agree_with_the_queue_behind_them(sessions, cast, filled, signed_in):
    page = signed_in(cast.alice).get("/insights").text
    tiles = re.findall(
        r'<dt>([^<]+)</dt>\s*<dd class="v">(?:<a href="([^"]+)">)?([^<]+)<.*?<dd>\s*(.*?)\s*</dd>', page, re.DOTALL
    )
    found = {name: (href, value, small) for name, href, value, small in tiles}
    names = ["Denied in October", "Initial denial rate", "Overturned", "Recovered", "Missed deadlines"]
    assert list(found) == [*names, "Minutes per appeal"]
    assert found["Minutes per appeal"][1:] == ("n/a", "Nothing measured yet. Survey: over 30 (APTA, 2025)")
    arrivals = {
        name: rows_on_arrival(sessions, cast.alice, cast.eastside, parse_qs(urlsplit(unescape(href)).query))
        for name, (href, _, _) in found.items()
        if href
    }
    assert found["Denied in October"][2].startswith(f"{arrivals['Denied in October'].denials} denials.")
    assert found["Initial denial rate"][2].startswith(f"{arrivals['Initial denial rate'].denials} of ")
    assert found["Missed deadlines"][1] == str(arrivals["Missed deadlines"].denials)
    assert arrivals["Recovered"].denials > 0


def test_a_payer_in_the_address_narrows_every_number(sessions, cast, filled, signed_in):
    page = signed_in(cast.alice).get("/insights", query_string={"payer": filled[0].public_id}).text
    links = list(queue_links(page))
    assert links
    for query, label, words in links:
        assert query["payer"] == [filled[0].public_id]
        counted = re.search(r"([\d,]+) denials?", label) or re.fullmatch(r"([\d,]+)", words)
        if counted:
            rows = rows_on_arrival(sessions, cast.alice, cast.eastside, query)
            assert rows.denials == int(counted[1].replace(",", ""))


def test_check_26_the_table_under_the_chart_holds_the_values_of_the_chart(cast, filled, signed_in):
    page = signed_in(cast.alice).get("/insights").text
    labels = re.findall(
        r'aria-label="(\w{3} \d{4}): (\d+) denials?, (\$[\d,]+), ([^"]+?)(?:, month in progress)?\. Open', page
    )
    table = page.split("<caption>Denials by remittance month</caption>")[1].split("</table>")[0]
    rows = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in table.split("<tr>")[2:]]
    assert len(rows) == 12
    assert len(labels) == 3 * len({label[0] for label in labels})  # three sizes of one chart
    for month, count, amount, rate in set(labels):
        [row] = [row for row in rows if row.startswith(month)]
        assert re.match(rf"{month} (\(in progress\) )?{count} {re.escape(amount)} ", row)
        assert row.endswith(rate.removesuffix(" of lines") if rate != "no rate" else "n/a")


@pytest.mark.parametrize(
    "panel", ["trend", "causes", "heatmap", "payers", "time-left", "funnel", "curve", "shares", "expiring"]
)
def test_every_panel_comes_as_a_file(cast, filled, signed_in, panel):
    answer = signed_in(cast.alice).get(f"/insights/{panel}.csv")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == f"attachment; filename=insights-{panel}-2026-11-23.csv"
    rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
    split = rows.index([])
    assert dict(rows[:split])["Practices"] == "Eastside PT"
    table = rows[split + 1 :]
    assert len(table) > 1
    assert all(len(row) == len(table[0]) for row in table)


def test_a_payer_named_like_a_formula_is_text_in_the_file(sessions, cast, signed_in):
    with transaction(sessions.system()) as session:
        payer = build.payer(session, '=HYPERLINK("http://x","y")')
        claim = build.claim(session, cast.eastside, payer_row=payer)
        build.denial(session, build.claim_line(session, claim, first_remit_on=build.PAID_ON))
    text = signed_in(cast.alice).get("/insights/payers.csv").text
    assert "'=HYPERLINK" in text
    assert not re.search(r'(^|[,"\n])=HYPERLINK', text)


def test_another_practice_is_in_no_number(cast, filled, signed_in):
    mine = signed_in(cast.alice).get("/insights/trend.csv").text
    theirs = signed_in(cast.charlie).get("/insights/trend.csv").text
    assert mine != theirs
    counted = [
        sum(int(row[2]) for row in csv.reader(io.StringIO(text.split("\r\n\r\n")[1])) if row and row[0] != "month")
        for text in (mine, theirs)
    ]
    assert counted[0] > counted[1] > 0


@pytest.mark.parametrize(
    "period", ["", "nonsense", "2026-13_2026-14", "2026-10_2025-10", "1990-01_2026-11", "2099-01_2099-02", "2026-10"]
)
def test_a_period_that_makes_no_sense_shows_the_last_twelve_months(cast, filled, signed_in, period):
    page = signed_in(cast.alice).get("/insights", query_string={"period": period}).text
    assert "<title>Insights, Dec 2025 to Nov 2026 |" in page


def test_a_period_in_the_address_is_shown_and_offered(cast, filled, signed_in):
    page = signed_in(cast.alice).get("/insights?period=2026-03_2026-05").text
    assert '<option value="2026-03_2026-05" selected>Mar 2026 to May 2026</option>' in page
    assert "Denied in May" in page
    assert "in progress" not in page.split("<dl>")[0]


def test_nothing_to_show_says_what_to_do(cast, signed_in):
    page = signed_in(cast.alice).get("/insights").text
    assert "Nothing to show for Dec 2025 to Nov 2026" in page
    assert '<svg class="trend' not in page


def test_insights_ask_for_a_sign_in(client):
    assert client.get("/insights").headers["Location"].startswith("/login")
    assert client.get("/insights/trend.csv").headers["Location"].startswith("/login")


def test_an_unknown_panel_is_not_found(cast, signed_in):
    assert signed_in(cast.alice).get("/insights/secrets.csv").status_code == 404


def test_months_of_links_are_codes_and_hold_no_name(cast, filled, signed_in):
    page = signed_in(cast.alice).get("/insights").text
    for query, _, _ in queue_links(page):
        assert set(query) <= {"view", "month", "payer", "cause", "code", "due", "only", "owner"}
        assert all(Month.parse(code) for code in query.get("month", ()))


def counted_links(sessions, cast, page, heading):
    """The numbers of the panel with this heading id, each checked against the queue it leads to."""
    panel = page.split(f'aria-labelledby="{heading}"')[1].split("</section>")[0]
    found = 0
    for query, _, words in queue_links(panel):
        if re.fullmatch(r"[\d,]+", words):
            rows = rows_on_arrival(sessions, cast.alice, cast.eastside, query)
            assert rows.denials == int(words.replace(",", "")), (query, words)
            found += 1
    return found


def test_open_denials_by_age_lead_to_as_many(sessions, cast, filled, signed_in):
    page = signed_in(cast.alice).get("/insights?left=age").text
    assert counted_links(sessions, cast, page, "left-title") == 5
    assert "Over 120 days" in page
    assert "has been open for over 120 days" in page


@pytest.mark.parametrize("which", ["confirmed", "suggested"])
def test_causes_split_into_chosen_and_suggested_lead_to_as_many(sessions, cast, filled, signed_in, which):
    with transaction(sessions.system()) as session:
        for place, row in enumerate(session.scalars(select(Denial).where(Denial.practice_id == cast.eastside.id))):
            row.cause_chosen_by_id = cast.alice.id if place % 3 == 0 and row.root_cause else None
    page = signed_in(cast.alice).get(f"/insights?causes={which}").text
    assert counted_links(sessions, cast, page, "causes-title") >= 2
    assert ("Not classified yet" in page) is True


def test_what_was_appealed_leads_to_as_many(sessions, cast, filled, signed_in):
    with transaction(sessions.system()) as session:
        mine = select(Denial).where(Denial.practice_id == cast.eastside.id, Denial.denied_on.between(*OCTOBER))
        for place, row in enumerate(session.scalars(mine).all()):
            build.appeal(
                session, row, status="sent" if place % 2 else "draft", sent_on=build.TODAY if place % 2 else None
            )
    page = signed_in(cast.alice).get("/insights").text
    panel = page.split('aria-labelledby="payers-title"')[1].split("</section>")[0]
    appealed = [link for link in queue_links(panel) if link[0].get("only") == ["appealed"]]
    assert appealed
    assert counted_links(sessions, cast, page, "payers-title") == len(list(queue_links(panel)))


@pytest.mark.parametrize("column", SORTS)
def test_payers_are_sorted_both_ways(cast, filled, signed_in, column):
    def names(sort):
        page = signed_in(cast.alice).get(f"/insights?sort={sort}").text
        panel = page.split('aria-labelledby="payers-title"')[1].split("</section>")[0]
        assert f'aria-sort="{"descending" if sort.startswith("-") else "ascending"}"' in panel
        return re.findall(r'<th scope="row">([^<]+)</th>', panel)

    assert sorted(names(column)) == sorted(names(f"-{column}")) == ["Harbor Health", "Summit Advantage"]
    if column in {"payer", "denials", "denied", "rate"}:
        assert names(column) == names(f"-{column}")[::-1]


def test_check_27_too_few_lines_and_no_835_are_said_in_words(sessions, cast, signed_in):
    with transaction(sessions.system()) as session:
        claim = build.claim(session, cast.eastside, payer_row=build.payer(session, "Union Trust Fund"))
        build.denial(session, build.claim_line(session, claim), denied_on=build.PAID_ON, source="hand")
    page = signed_in(cast.alice).get("/insights").text
    assert "Rate not available: no 835 files in October" in page
    assert "Rate not available: no 835 files for Union Trust Fund in October." in page
    with transaction(sessions.system()) as session:
        for _ in range(12):
            build.claim_line(session, claim, first_remit_on=build.PAID_ON)
    assert "Not enough to show a rate yet. You have 12 lines." in signed_in(cast.alice).get("/insights").text


def test_the_controls_keep_how_the_panels_are_shown(cast, filled, signed_in):
    page = signed_in(cast.alice).get("/insights?cells=rate&left=age&sort=-rate&causes=confirmed").text
    form = page.split('<form class="row" method="get"')[1].split("</form>")[0]
    for name, value in {"cells": "rate", "left": "age", "sort": "-rate", "causes": "confirmed"}.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in form


@pytest.fixture
def lead(sessions, cast, filled):
    """A lead of Eastside, where appeals and corrections went out for some of the denials."""
    rnd = random.Random(5)
    with transaction(sessions.system()) as session:
        mine = select(Denial).where(Denial.practice_id == cast.eastside.id).order_by(Denial.number)
        for denial in session.scalars(mine).all():
            owner = rnd.choice([None, cast.alice.id, cast.bob.id])
            denial.owner_id, denial.times_denied = owner, rnd.choice([1, 1, 3])
            if not denial.is_open:
                denial.closed_on = min(denial.denied_on + timedelta(days=rnd.randrange(90)), build.TODAY)
            if rnd.random() < 0.4:
                status = rnd.choice(["in_review", "corrected_claim_sent"])
                working.set_status(session, [denial], status, build.NOW, cast.alice.id)
            elif rnd.random() < 0.7:
                sent = build.appeal(session, denial, status="sent", sent_on=build.TODAY - timedelta(days=9))
                if rnd.random() < 0.7:
                    key = {"practice_id": sent.practice_id, "appeal_id": sent.id, "denial_id": denial.id}
                    result = rnd.choice(["overturned", "partly", "upheld"])
                    session.add(Outcome(**key, result=result, decided_on=build.TODAY, recorded_at=build.NOW))
        line = build.claim_line(session, build.claim(session, cast.eastside, payer_row=filled[0]))
        passed = date(2026, 11, 2)
        build.denial(session, line, denied_on=date(2026, 9, 3), file_by_safe=passed, file_by_legal=passed)
        return build.user(session, "lena", cast.eastside, role="lead")


def test_check_26_every_number_of_a_lead_leads_to_exactly_as_many_denials(sessions, cast, lead, signed_in):
    page = signed_in(lead).get("/insights?owners=yes").text
    seen = set()
    for query, label, words in queue_links(page):
        counted = re.search(r"([\d,]+) denials?", label) or re.fullmatch(r"([\d,]+)(?: pending)?", words)
        if counted:
            rows = rows_on_arrival(sessions, lead, cast.eastside, query)
            assert rows.denials == int(counted[1].replace(",", "")), (query, label, words)
            seen.update(query.get("only", ()))
    assert seen >= {
        "acted", "not-acted", "filed", "not-filed", "answered", "not-answered", "with-payer", "gained", "refused",
        "overturned", "denied-again", "avoidable", "never-worked", "done-lately", "paid-otherwise",
    }  # fmt: skip
    assert any(only.startswith("slow-acted-") for only in seen)


def test_speed_and_work_by_owner_are_for_a_lead(cast, lead, signed_in):
    biller = signed_in(cast.alice)
    assert 'id="speed-title"' not in biller.get("/insights?owners=yes").text
    assert 'id="workload-title"' not in biller.get("/insights?owners=yes").text
    assert biller.get("/insights/speed.csv").status_code == 404
    page = signed_in(lead).get("/insights").text
    assert 'id="speed-title"' in page
    assert "Work by owner, as of" not in page
    assert "Work by owner, as of" in signed_in(lead).get("/insights?owners=yes").text
    assert signed_in(lead).get("/insights/speed.csv").status_code == 200


def test_ranges_of_rates_are_shown_when_asked_for(cast, filled, signed_in):
    assert "95%: " not in signed_in(cast.alice).get("/insights").text
    page = signed_in(cast.alice).get("/insights?ranges=yes").text
    assert re.search(r"95%: \d+\.\d% to \d+\.\d%", page)


def test_each_panel_keeps_the_choices_of_the_others(cast, lead, signed_in):
    page = signed_in(lead).get("/insights?ranges=yes&owners=yes").text
    controls = page.split('<form class="row" method="get"')[1].split("</form>")[0]
    assert controls.count('<input type="hidden" name="ranges" value="yes">') == 1
    assert controls.count('<input type="hidden" name="owners" value="yes">') == 1


# ---- the basis of the amounts ----


@pytest.fixture
def priced(sessions, cast, filled):
    """Harbor's rate for the lines' code in Alice's practice; Summit has none."""
    with transaction(sessions.system()) as session:
        harbor = session.merge(filled[0])
        code = session.query(ClaimLine).first().code
        rates = [LoadedRate(2, harbor.name, code, Rate("", date(2025, 1, 1), None, 20_00))]
        load_rates(session, cast.eastside.id, rates, [harbor], By(cast.alice.id, build.NOW))


def of_year(sessions, cast):
    with sessions.reading({cast.eastside.id}) as session:
        return [
            one
            for one in session.scalars(select(Denial))
            if one.root_cause != "adj_not_a_denial"
            and one.close_reason != "not_a_denial"
            and one.denied_on >= date(2025, 12, 1)
        ]


def test_without_a_fee_schedule_the_basis_is_not_offered(filled, signed_in, cast):
    page = signed_in(cast.alice).get("/insights?amounts=expected").text
    assert "Expected payments" not in page
    assert "Amounts are billed charges." in page


def test_on_the_expected_basis_every_number_leads_to_as_many_denials_and_the_address_keeps_it(
    sessions, cast, priced, signed_in
):
    page = signed_in(cast.alice).get("/insights?amounts=expected").text
    assert "Amounts are expected payments." in page
    assert '<option value="expected" selected>' in page
    checked = 0
    for query, label, words in queue_links(page):
        counted = re.search(r"([\d,]+) denials?", label) or re.fullmatch(r"([\d,]+)", words)
        if counted:
            rows = rows_on_arrival(sessions, cast.alice, cast.eastside, query)
            assert rows.denials == int(counted[1].replace(",", "")), (query, label, words)
            checked += 1
    assert checked > 40
    assert '<input type="hidden" name="amounts" value="expected">' in page
    assert page.count("amounts=expected") > 5


def test_what_lacks_a_rate_is_said_with_its_list(sessions, cast, priced, signed_in):
    page = signed_in(cast.alice).get("/insights?amounts=expected").text
    mine = of_year(sessions, cast)
    without = [one for one in mine if one.expected_cents is None]
    assert 0 < len(without) < len(mine)
    found = re.search(r'<a href="([^"]+)">(\d+)</a> of (\d+) denials of [^<]+ have no contracted rate', page)
    assert (int(found[2]), int(found[3])) == (len(without), len(mine))
    rows = rows_on_arrival(sessions, cast.alice, cast.eastside, parse_qs(urlsplit(unescape(found[1])).query))
    assert rows.denials == len(without)


def test_the_tile_counts_what_is_expected_and_the_file_says_so(sessions, cast, priced, signed_in):
    client = signed_in(cast.alice)
    october = [one for one in of_year(sessions, cast) if OCTOBER[0] <= one.denied_on <= OCTOBER[1]]
    cents = sum(one.amount_cents if one.expected_cents is None else one.expected_cents for one in october)
    assert cents < sum(one.amount_cents for one in october)
    page = client.get("/insights?amounts=expected").text
    tile = re.search(r'<dt>Denied in October</dt>\s*<dd class="v"><a href="[^"]+">([^<]+)<', page)
    assert tile[1] == whole_dollars(cents)
    text = client.get("/insights/trend.csv?amounts=expected").text
    assert "Expected payments, by remittance month" in text
    assert "without a contracted rate, counted at billed charges in the period" in text
    assert "no more than the charge" in text
    assert f",{cents / 100:.2f}," in next(line for line in text.splitlines() if line.startswith("2026-10"))
