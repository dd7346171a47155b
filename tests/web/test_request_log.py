"""The server's log says which view was slow or failed, and never what it showed."""

import json
import logging

from tests import build
from tracker import logs
from tracker.db import transaction

NAME, NUMBER = "Canaryname", "CANARY-CLAIM-77"


def lines_of(caplog) -> list[dict]:
    shape = logs.JsonLines()
    return [json.loads(shape.format(record)) for record in caplog.records]


def test_a_request_is_one_line_with_the_view_and_no_address(signed_in, cast, sessions, caplog):
    client = signed_in(cast.alice)
    with transaction(sessions.system()) as session:
        denial = build.denied_line(session, cast.eastside)
    caplog.set_level(logging.INFO, logs.REQUESTS)
    client.get(f"/denials/{denial.public_id}?from=queue")
    (line,) = [line for line in lines_of(caplog) if line["logger"] == logs.REQUESTS]
    assert (line["view"], line["method"], line["status"]) == ("denials.show", "GET", 200)
    assert line["user"] == cast.alice.public_id
    assert line["ms"] > 0
    assert denial.public_id not in json.dumps(line)


def test_no_name_and_no_number_of_a_patient_reaches_the_log(signed_in, cast, sessions, caplog):
    with transaction(sessions.system()) as session:
        patient = build.patient(session, cast.eastside, NAME)
        payer = build.payer(session)
        claim = build.claim(session, cast.eastside, patient, payer, control_number=NUMBER)
        denial = build.denial(session, build.claim_line(session, claim))
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logs.REQUESTS)  # a command that ran before may have quieted it
    client = signed_in(cast.alice)
    page = client.get(f"/denials/{denial.public_id}")
    assert NAME in page.text  # the canary is on the page
    token = build.csrf_token(client.get("/queue"))
    client.post("/queue/search", data={"words": NAME, "csrf_token": token})
    client.get(f"/queue?words={NAME}&nonsense={NUMBER}")
    client.get(f"/denials/{NUMBER}")
    client.post(f"/denials/{denial.public_id}/snooze", data={"until": NAME, "csrf_token": token})
    said = "\n".join(json.dumps(line) for line in lines_of(caplog))
    assert "denials.show" in said
    assert NAME not in said
    assert NUMBER not in said


def test_a_line_break_in_a_message_stays_one_line():
    record = logging.LogRecord("tracker", logging.INFO, "", 1, "one\ntwo\x1b[31m", None, None)
    text = logs.JsonLines().format(record)
    assert "\n" not in text
    assert "\x1b" not in text
    assert json.loads(text)["message"] == "one\ntwo\x1b[31m"
