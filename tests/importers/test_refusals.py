from pathlib import Path

import pytest

from tests.growth import assert_linear
from tracker.importers.errors import ImportProblem
from tracker.importers.summary import summarise
from tracker.importers.x835 import read_835
from tracker.importers.x837p import read_837p

SAMPLES = Path(__file__).parents[1] / "samples"
GOOD = (SAMPLES / "partial_denial.835").read_bytes()
REFUSED = {
    "cut_off": ("Segment 33", "The file stops in the middle of a claim (segment 33). Download it again"),
    "no_end": ("Segment 37", "stops in the middle of a claim"),
    "no_iea": ("Segment 39", "stops in the middle"),
    "transaction_without_se": ("Segment 29", "stops in the middle of a claim"),
    "money_nan": ("Segment 35 (CAS)", "'NaN' is not an amount of money"),
    "money_exponent": ("Segment 26 (AMT)", "'1e5' is not an amount of money"),
    "money_thousands": ("Segment 15 (CLP)", "'1,439' is not an amount of money"),
    "nul_byte": ("File", "holds a NUL byte"),
    "separators": ("Segment 1 (ISA)", "The separators of this file cannot be read."),
    "empty": ("File", "The file is empty."),
    "blank": ("File", "The file is empty."),
    "junk": ("Start of the file", "This file is not an 835: it has no ISA segment."),
    "report": ("File", "This file is not an 835. It looks like a PDF. Ask the clearinghouse for the 835 file."),
}


def test_every_broken_sample_is_in_the_table():
    assert {path.stem for path in (SAMPLES / "broken").iterdir()} == set(REFUSED)


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_file_is_refused_with_its_place_and_what_to_do(name):
    where, why = REFUSED[name]
    found = summarise(f"{name}.835", (SAMPLES / "broken" / f"{name}.835").read_bytes())
    [problem] = found["problems"]
    assert found["format"] is None
    assert found["claims"] == found["charged_cents"] == 0
    assert problem["where"] == where
    assert why in problem["why"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"BPR*I*118.04", b"BPR*I*Infinity"),
        (b"SVC*HC:97140:GP*66*0", b"SVC*HC:97140:GP*66*0x0"),
        (b"CAS*PR*2*11.56", b"CAS*PR*2*11.565"),
        (b"CLP*EP10234*1*439*118.04*11.56", b"CLP*EP10234*1*439*118.04*$11.56"),
        (b"CAS*CO*97*66", "CAS*CO*97*٦٦".encode()),
        (b"SE*36", b"PLB*1993000011*20261231*WO:X*1_000~\nSE*37"),
    ],
)
def test_money_that_is_not_money_refuses_the_file_wherever_it_stands(old, new):
    assert old in GOOD
    with pytest.raises(ImportProblem, match="not an amount of money"):
        list(read_835(GOOD.replace(old, new)))


def test_a_segment_over_64_kb_is_refused():
    data = GOOD.replace(b"NM1*QC*1*RUIZ", b"NM1*QC*1*" + b"R" * 66_000)
    with pytest.raises(ImportProblem, match="longer than 64 kB"):
        list(read_835(data))


def test_a_long_name_under_64_kb_is_read():
    data = GOOD.replace(b"NM1*QC*1*RUIZ", b"NM1*QC*1*" + b"R" * 60_000)
    assert len(next(read_835(data)).claims[0].patient.last_name) == 60_000


def test_a_sea_of_blanks_is_waded_through_in_linear_time():
    def read(data):
        [paid] = read_835(data)
        assert paid.problems == ()

    assert_linear(" ", read, lambda blanks: GOOD.replace(b"SE*36", blanks.encode() + b"\nSE*36"))


def test_text_saved_as_utf_16_says_so():
    with pytest.raises(ImportProblem, match="Unicode text"):
        list(read_835(GOOD.decode().encode("utf-16")))


def test_an_837p_cut_off_in_the_middle_is_refused():
    data = (SAMPLES / "partial_denial.837").read_bytes()
    with pytest.raises(ImportProblem, match="in the middle of a claim"):
        list(read_837p(data[: data.index(b"SV1*HC:97140")]))


def test_an_837p_with_a_charge_that_is_not_money_is_refused():
    data = (SAMPLES / "partial_denial.837").read_bytes()
    with pytest.raises(ImportProblem, match="segment 28"):
        list(read_837p(data.replace(b"SV1*HC:97110:GP*136", b"SV1*HC:97110:GP*136USD")))


def test_an_837p_is_no_835():
    data = (SAMPLES / "partial_denial.837").read_bytes()
    with pytest.raises(ImportProblem, match="no 835 transaction"):
        list(read_835(data))


def test_a_receipt_between_two_remittances_is_left_out_and_said():
    receipt = (SAMPLES / "receipt.999").read_bytes()
    remittances = list(read_835(GOOD + receipt + GOOD))
    assert len(remittances) == 2
    assert "It was left out." in remittances[1].problems[0].why


@pytest.mark.parametrize("end", [b"", b"\r\n", b"\x1a", b"\n\n\n"])
def test_the_end_of_the_file_may_hold_white_space(end):
    [paid] = read_835(GOOD + end)
    assert paid.problems == ()


def test_the_last_terminator_may_be_missing():
    [paid] = read_835(GOOD.rstrip().removesuffix(b"~"))
    assert paid.problems == ()


def test_an_isa_without_its_component_separator_is_understood():
    for missing in (b"*P*~\n", b"*P~\n", b"*P*~"):
        [paid] = read_835(GOOD.replace(b"*P*:~\n", missing, 1))
        assert paid.claims[0].services[1].modifiers == ("GP", "59")
