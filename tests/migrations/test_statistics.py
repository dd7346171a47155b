"""SQLite looks rows up by their own key on the day it is made, before anybody ran ANALYZE."""

from sqlalchemy import text

_QUERY = """EXPLAIN QUERY PLAN SELECT service_payments.id FROM service_payments
JOIN claim_payments ON claim_payments.practice_id = service_payments.practice_id
AND claim_payments.id = service_payments.claim_payment_id
WHERE claim_payments.practice_id = 1 AND claim_payments.claim_id IN (1, 2, 3)"""


def test_the_lines_of_a_claim_are_found_without_reading_the_practice(sqlite_template, tmp_path):
    with sqlite_template.copy(tmp_path) as engine, engine.connect() as connection:
        plan = [row.detail for row in connection.execute(text(_QUERY))]
    assert any("claim_payment_id=?" in step for step in plan), plan
    assert not any(step.endswith("(practice_id=?)") for step in plan), plan
