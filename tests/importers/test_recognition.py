from pathlib import Path

import pytest

from tracker.importers import recognise
from tracker.importers.errors import ImportProblem

SAMPLES = Path(__file__).parents[1] / "samples"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("partial_denial.835", "835"), ("no_envelope.835", "835"), ("old_4010_reversal.835", "835"),
        ("text_before_isa.835", "835"), ("wrapped_at_80.835", "835"), ("partial_denial.837", "837P"),
        ("receipt.999", "999"),
    ],
)  # fmt: skip
def test_the_content_tells_the_format(name, found):
    assert recognise((SAMPLES / name).read_bytes(), "upload.txt") == found


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (b"005010X222A1", b"005010X223A2", "837I"),
        (b"005010X222A1", b"005010X224A2", "837D"),
        (b"005010X222A1", b"004010X098A1", "837P"),
        (b"*005010X222A1", b"", "837P"),
    ],
)
def test_an_837_says_which_kind_of_claims_it_holds(old, new, found):
    data = (SAMPLES / "partial_denial.837").read_bytes()
    assert recognise(data.replace(old, new), "claims.txt") == found


@pytest.mark.parametrize(("guide", "found"), [(b"005010X214", "277CA"), (b"005010X212", "277")])
def test_a_277_is_an_acknowledgment_or_an_answer_to_a_question(guide, found):
    data = (SAMPLES / "receipt.999").read_bytes().replace(b"ST*999", b"ST*277").replace(b"005010X231A1", guide)
    assert recognise(data, "file.277") == found


def test_an_interchange_of_only_a_ta1_is_a_receipt():
    data = (SAMPLES / "receipt.999").read_bytes()
    start, end = data.index(b"GS*"), data.index(b"IEA*")
    assert recognise(data[:start] + b"TA1*000000001*260904*1000*A*000~\n" + data[end:], "x.ta1") == "TA1"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"%PDF-1.7\n...", "a PDF"),
        (b"PK\x03\x04rest", "a ZIP archive or an Office document"),
        (b"<html><body>ERA</body></html>", "a web page or XML file"),
        (b"\x89PNG\r\n", "a picture (PNG)"),
    ],
)
def test_other_files_are_refused_by_name(data, name):
    with pytest.raises(ImportProblem) as refusal:
        recognise(data, "era.835")
    assert name in refusal.value.why
    assert refusal.value.what_to_do == "Ask the clearinghouse for the 835 file."
