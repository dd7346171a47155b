from datetime import date

import pytest

from tracker.reports.months import Month, months_between


def test_a_month_knows_its_first_and_last_day():
    assert (Month(2028, 2).first_day, Month(2028, 2).last_day) == (date(2028, 2, 1), date(2028, 2, 29))
    assert Month(2026, 12).last_day == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("by", "result"), [(1, Month(2027, 1)), (-12, Month(2025, 12)), (-11, Month(2026, 1)), (0, Month(2026, 12))]
)
def test_shifting_a_month_crosses_years(by, result):
    assert Month(2026, 12).shifted(by) == result


def test_the_months_between_two_include_both():
    assert [month.code for month in months_between(Month(2025, 11), Month(2026, 2))] == [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]


@pytest.mark.parametrize("code", ["2026-13", "2026-00", "2026-1", "0001-01", "october", "2026-10-01", "٢٠٢٦-10", ""])
def test_what_is_no_month_is_refused(code):
    assert Month.parse(code) is None


def test_a_month_survives_its_own_code():
    assert Month.parse(Month(2026, 3).code) == Month(2026, 3)
