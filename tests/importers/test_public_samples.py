"""Every file of TRACKER_SAMPLE_DIR (835/, 837p/, 277/, 999/ ...) is read like an independent count, or is refused for a reason."""

import os
from pathlib import Path

import pytest

from tests.importers.oracles import counted_835, counted_837p, oxedi_totals
from tracker.importers.summary import summarise

FOLDER = os.environ.get("TRACKER_SAMPLE_DIR", "")
PATHS = sorted(path for path in Path(FOLDER).glob("*/*") if path.is_file()) if FOLDER else []

# The 835 and 837P samples that are refused, and why they should be.
REFUSED = {
    "affect-therapeutics-edi-835-parser__sample_835_with_interests.txt": "'amount' is not an amount of money",
}
# oxedi finds nothing where a line break precedes each terminator.
OXEDI_READS_OTHERWISE = {
    "sbuss-TigerShark__835-example.txt",
    "sbuss-TigerShark__835-example-2.txt",
}

pytestmark = pytest.mark.skipif(not PATHS, reason="TRACKER_SAMPLE_DIR is not set")


def of_kind(kind: str) -> list:
    return [pytest.param(path, id=path.name) for path in PATHS if path.parent.name == kind]


@pytest.mark.parametrize("path", of_kind("835"))
def test_an_835_reads_like_a_plain_count_and_like_oxedi(path):
    data = path.read_bytes()
    found = summarise(path.name, data)
    if path.name in REFUSED:
        assert found["format"] is None
        assert REFUSED[path.name] in found["problems"][0]["why"]
        return
    ours = (found["claims"], found["lines"], found["adjustments"], found["charged_cents"], found["paid_cents"])
    assert found["format"] == "835"
    assert counted_835(data) == (*ours, found["plb_cents"])
    if data.lstrip(b"\xef\xbb\xbf").startswith(b"ISA") and path.name not in OXEDI_READS_OTHERWISE:
        assert oxedi_totals(data) == (*ours, found["plb_cents"])


@pytest.mark.parametrize("path", of_kind("837p"))
def test_an_837p_reads_like_a_plain_count(path):
    data = path.read_bytes()
    found = summarise(path.name, data)
    assert found["format"] == "837P"
    ours = (found["claims"], found["lines"], found["adjustments"], found["charged_cents"], found["paid_cents"])
    assert counted_837p(data) == (*ours, 0)


@pytest.mark.parametrize("path", of_kind("277") + of_kind("999"))
def test_receipts_and_status_answers_are_refused_by_name(path):
    found = summarise(path.name, path.read_bytes())
    assert found["format"] is None
    assert f"({path.parent.name}" in found["problems"][0]["why"]
