"""Imports and figures by program."""

import io

import pytest

from tests.edi import claim, line, remit
from tests.web.test_imports import DENIED, OTHER
from tests.web.test_insights import filled  # noqa: F401  # a fixture
from tracker.domain.access import Role
from tracker.domain.token_verbs import Verb
from tracker.models import Denial, ImportFile

LIST = "/api/v1/imports"


def upload(program, *files, key="k1"):
    parts = {"files": [(io.BytesIO(data), name) for name, data in files]}
    return program.send("POST", LIST, data=parts, content_type="multipart/form-data", key=key)


def count(sessions, model) -> int:
    with sessions.system() as session:
        return session.query(model).count()


def test_a_file_is_checked_then_stored_and_its_denials_are_there(alice, sessions):
    staged = upload(alice, ("a.835", remit(DENIED, OTHER)))
    assert staged.status_code == 201, staged.text
    assert staged.json["state"] == "staged"
    assert [one["reason"] for one in staged.json["denials"]] == ["CO-50", "CO-97", "CO-97"]
    assert count(sessions, Denial) == 0
    page = staged.headers["Location"]
    stored = alice.send("POST", f"{page}/confirm", json={})
    assert stored.json["state"] == "stored"
    assert stored.json["logged"] == {"denials": 3, "cents": 21_000}
    assert alice.get("/api/v1/denials").json["total"] == 3
    assert alice.get(page).json == stored.json
    assert alice.send("POST", f"{page}/confirm", json={}).json == stored.json
    assert [one["batch"] for one in alice.get(LIST).json["items"]] == [staged.json["id"]]


def test_a_denial_that_is_left_out_is_not_logged(alice, sessions):
    staged = upload(alice, ("a.835", remit(DENIED, OTHER))).json
    leave_out = [one["key"] for one in staged["denials"] if one["reason"] == "CO-97"]
    told = alice.send("POST", f"{LIST}/{staged['id']}/confirm", json={"leave_out": leave_out}).json
    assert told["logged"]["denials"] == 1


def test_a_cancelled_import_leaves_nothing(alice, sessions):
    staged = upload(alice, ("a.835", remit(DENIED))).json
    assert alice.send("POST", f"{LIST}/{staged['id']}/cancel").json["state"] == "over"
    assert alice.send("POST", f"{LIST}/{staged['id']}/confirm", json={}).json["state"] == "over"
    assert count(sessions, Denial) == 0


def test_an_upload_sent_again_is_staged_once_whatever_its_boundary(alice, sessions):
    first, again = (upload(alice, ("a.835", remit(DENIED))) for _ in range(2))
    assert again.data == first.data
    assert count(sessions, ImportFile) == 1
    assert upload(alice, ("a.835", remit(OTHER))).status_code == 422


@pytest.mark.parametrize("data", [b"", b"no remittance at all"])
def test_a_file_that_cannot_be_used_is_refused_in_words(alice, sessions, data):
    answer = upload(alice, ("a.835", data))
    assert answer.status_code == 422
    assert len(answer.json["detail"]) > 30
    assert count(sessions, ImportFile) == 0


def test_an_upload_without_files_is_refused(alice):
    assert upload(alice).status_code == 422
    assert alice.post(LIST, {}).status_code == 422


def test_a_file_of_another_practice_is_refused(program, cast, sessions):
    charlie = program(cast.charlie, cast.lakeview)
    answer = upload(charlie, ("a.835", remit(claim("A1", line("97110", 90, 0, "CO-50:90")))))
    assert answer.status_code == 422
    assert count(sessions, ImportFile) == 0


# ---- insights ----


def test_the_figures_are_those_of_the_page(alice, filled, signed_in, cast):  # noqa: F811
    told = alice.get("/api/v1/insights", first="2026-01", last="2026-11").json
    assert (told["first"], told["last"], told["month"]) == ("2026-01", "2026-11", "2026-10")
    assert len(told["trend"]) == 11
    lines = signed_in(cast.alice).get("/insights/trend.csv?period=2026-01_2026-11").text.splitlines()
    rows = [one.split(",") for one in lines[-11:]]
    assert [(row[0], int(row[2])) for row in rows] == [(one["month"], one["denials"]) for one in told["trend"]]
    assert sum(one["denials"] for one in told["time_left"]) == alice.get("/api/v1/denials").json["total"]


def test_the_figures_of_one_payer(alice, filled):  # noqa: F811
    everything = alice.get("/api/v1/insights").json
    one = alice.get("/api/v1/insights", payer=filled[0].public_id).json
    assert [payer["id"] for payer in one["payers"]] == [filled[0].public_id]
    assert 0 < one["cohort"]["denials"] < everything["cohort"]["denials"]


@pytest.mark.parametrize(
    "query",
    [
        {"payer": "nobody"}, {"first": "2026-05", "last": "2026-04"}, {"first": "2020-01", "last": "2026-01"},
        {"first": "2026-13"}, {"first": "2027-01", "last": "2027-02"},
    ],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(alice, query):
    assert alice.get("/api/v1/insights", **query).status_code == 422


def test_a_reader_with_a_token_for_figures_sees_figures_alone(program, cast, become, filled):  # noqa: F811
    become(cast.alice, Role.READER)
    asks = program(cast.alice, cast.eastside, Verb.INSIGHTS)
    answer = asks.get("/api/v1/insights")
    assert answer.status_code == 200
    assert "Quill" not in answer.text
    assert asks.get("/api/v1/denials").status_code == 403
