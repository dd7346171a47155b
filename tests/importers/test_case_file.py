"""Case files: read, written, refused with the key that is wrong."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.diagnosis.short_cases import case_file
from tracker.domain.case import (
    AdvanceNotice,
    Authorization,
    Case,
    CaseClaim,
    CaseLine,
    CaseNote,
    CasePatient,
    CasePayer,
    CasePractice,
    CaseProvider,
    CaseRemittance,
    Eligibility,
    History,
    LineAnswer,
    OtherClaim,
    PastAppeal,
    PlanOfCare,
    Submission,
)
from tracker.domain.remittance import Adjustment
from tracker.importers.case_file import case_as_json, read_case
from tracker.importers.errors import ImportProblem


def example(**changes: Any) -> dict[str, Any]:
    return {**case_file({"lines": ["97110-GP x2 $120.00"], "said": "CO-151 N362"}), **changes}


def as_bytes(case: dict[str, Any]) -> bytes:
    return json.dumps(case).encode()


def refusal_of(case: dict[str, Any]) -> ImportProblem:
    with pytest.raises(ImportProblem) as refused:
        read_case(as_bytes(case))
    return refused.value


def test_dollars_become_cents_and_dates_dates():
    case = read_case(as_bytes(example()))

    assert case.claim.lines[0].charge_cents == 12000
    assert case.claim.lines[0].service_date == date(2026, 8, 3)
    assert case.remittance is not None
    assert case.remittance.lines[0].adjustments == (Adjustment("CO", "151", 12000),)
    assert case.remittance.lines[0].remarks == ("N362",)


def test_a_claim_not_sent_yet_has_no_remittance():
    assert read_case(as_bytes(example(remittance=None))).remittance is None


def test_optional_keys_may_be_left_out():
    history = read_case(as_bytes(example())).history

    assert (history.appeals, history.abn, history.authorization) == ((), None, None)


@pytest.mark.parametrize(
    ("place", "value", "where"),
    [
        (("claim", "lines", 0, "charge"), "12,00", "claim.lines[0].charge"),
        (("claim", "lines", 0, "units"), "2", "claim.lines[0].units"),
        (("claim", "lines", 0, "service_date"), "2026-13-01", "claim.lines[0].service_date"),
        (("claim", "lines", 0, "service_date"), "20260803", "claim.lines[0].service_date"),
        (("claim", "diagnoses"), ["M54.51", 3], "claim.diagnoses[1]"),
        (("payer", "kind"), "medicare", "payer.kind"),
        (("payer", "filing_days"), -1, "payer.filing_days"),
        (("practice", "setting"), None, "practice.setting"),
        (("remittance", "lines", 0, "adjustments", 0, "amount"), "1e5", "remittance.lines[0].adjustments[0].amount"),
        (("remittance", "lines"), {}, "remittance.lines"),
        (("history", "as_of"), None, "history.as_of"),
        (("notes",), ["text"], "notes[0]"),
        (("schema",), "denial-case/2", "schema"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_key(place: tuple[Any, ...], value: object, where: str):
    case = example()
    target: Any = case
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value

    problem = refusal_of(case)

    assert problem.where == where
    assert where in problem.why
    assert problem.what_to_do


def test_a_missing_key_is_refused_by_its_name():
    case = example()
    del case["claim"]["lines"][0]["units"]

    assert refusal_of(case).where == "claim.lines[0].units"


def test_two_lines_of_one_number_are_refused():
    case = example()
    case["claim"]["lines"] *= 2

    assert refusal_of(case).where == "claim.lines"


@pytest.mark.parametrize("data", [b"", b"ISA*00*", b"[]", b'{"schema": NaN}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_case_file_is_refused(data: bytes):
    with pytest.raises(ImportProblem) as refused:
        read_case(data)

    assert refused.value.where == "File"


def test_a_refusal_shows_no_text_of_the_file():
    case = example()
    case["notes"] = [{"kind": "daily", "service_date": None, "author": None, "text": ["Pt Jane Roe fell"]}]

    assert "Roe" not in str(refusal_of(case))


# ---- there and back

_text = st.text(max_size=12)
_word = st.text(alphabet="ABCDEFGHIJ0123456789", min_size=1, max_size=6)
_day = st.dates(date(2000, 1, 1), date(2030, 12, 31))
_cents = st.integers(-(10**9), 10**9)
_count = st.integers(0, 400)
_maybe_day, _maybe_text, _maybe_count = st.none() | _day, st.none() | _text, st.none() | _count
_number = st.integers(0, 40).map(float) | st.floats(0, 40, allow_nan=False).map(lambda units: round(units, 2))
_provider = st.builds(CaseProvider, _text, _maybe_text, _maybe_text, _maybe_text)
_line_fields = st.builds(
    CaseLine, _count, _day, _word, st.tuples(_word), _number, _cents, st.lists(_count, max_size=3).map(tuple)
)
_adjustments = st.lists(st.builds(Adjustment, _word, _word, _cents, st.none() | _number), max_size=3).map(tuple)
_remarks = st.lists(_word, max_size=3).map(tuple)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    lines = draw(st.lists(_line_fields, max_size=3, unique_by=lambda line: line.line))
    answers = st.builds(
        LineAnswer,
        _count,
        _cents,
        st.none() | _cents,
        _adjustments,
        _remarks,
        st.none() | _number,
        _maybe_text,
        _maybe_text,
    )
    remittance = st.builds(
        CaseRemittance, _maybe_day, _maybe_text, _word, _adjustments, _remarks, st.lists(answers, max_size=2).map(tuple)
    )
    history = st.builds(
        History,
        as_of=_day,
        other_claims=st.lists(
            st.builds(
                OtherClaim, _text, _maybe_day, _maybe_text, st.tuples(_line_fields), st.sampled_from(["paid", "denied"])
            ),
            max_size=2,
        ).map(tuple),
        plan_of_care=st.none()
        | st.builds(
            PlanOfCare,
            _maybe_day,
            _maybe_day,
            _maybe_text,
            st.none() | st.booleans(),
            _maybe_day,
            _maybe_count,
            _remarks,
            _maybe_day,
            _maybe_count,
        ),
        therapy_allowed_year_to_date_cents=st.none() | _cents,
        appeals=st.lists(st.builds(PastAppeal, _text, _maybe_day, _maybe_day, _maybe_text), max_size=2).map(tuple),
        abn=st.none() | st.builds(AdvanceNotice, _maybe_day, _maybe_text),
        authorization=st.none()
        | st.builds(
            Authorization, _maybe_text, _maybe_day, _maybe_day, _maybe_count, _maybe_count, _remarks, _maybe_count
        ),
        eligibility=st.none()
        | st.builds(Eligibility, _maybe_day, _maybe_day, _maybe_day, _maybe_text, _maybe_count, _maybe_count),
        submissions=st.lists(st.builds(Submission, _day, _maybe_text), max_size=2).map(tuple),
    )
    return Case(
        case_id=draw(_text),
        payer=draw(
            st.builds(
                CasePayer,
                _text,
                st.sampled_from(["medicare_b", "va", "auto"]),
                st.sampled_from([None, "cms", "spm"]),
                st.none() | st.booleans(),
                _maybe_count,
                _maybe_count,
                st.sampled_from([(), (("visit_limit", 20), ("pays_telehealth", False))]),
                st.sampled_from(["", "unitedhealthcare"]),
            )
        ),
        practice=draw(st.builds(CasePractice, st.sampled_from(["practitioner", "facility"]), _text, _text)),
        patient=draw(st.builds(CasePatient, _text, _maybe_day, _maybe_text, _maybe_text)),
        claim=draw(
            st.builds(
                CaseClaim,
                _text,
                _maybe_text,
                st.sampled_from(["1", "7"]),
                _maybe_day,
                _maybe_text,
                _remarks,
                _maybe_text,
                st.none() | _provider,
                st.none() | _provider,
                st.just(tuple(lines)),
            )
        ),
        remittance=draw(st.none() | remittance),
        history=draw(history),
        notes=tuple(
            draw(
                st.lists(
                    st.builds(CaseNote, st.sampled_from(["daily", "order"]), _maybe_day, _maybe_text, _text), max_size=2
                )
            )
        ),
    )


@given(cases())
def test_a_case_survives_writing_and_reading(case: Case):
    assert read_case(as_bytes(case_as_json(case))) == case


def test_an_appeal_level_may_be_a_number():
    case = example()
    case["history"]["appeals"] = [{"level": 2, "sent_on": "2026-09-01", "decided_on": None, "outcome": "pending"}]

    assert read_case(as_bytes(case)).history.appeals[0].level == "2"
