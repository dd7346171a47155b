"""A release: the same bytes from the same commit, a list of its packages, and sums that can be signed and checked."""

import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

TOOL = ROOT / "requirements" / "release.py"
LOCK = (ROOT / "requirements" / "run.txt").read_text()
ssh_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="OpenSSH is not installed")


def load_tool():
    spec = importlib.util.spec_from_file_location("release", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


release = load_tool()


def made_in(folder: Path) -> Path:
    subprocess.run([sys.executable, TOOL, folder], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    return made_in(tmp_path_factory.mktemp("release") / "first")


def test_a_release_made_twice_is_the_same_byte_by_byte(made, tmp_path):
    again = made_in(tmp_path / "second")
    names = sorted(path.name for path in made.iterdir())
    assert [name.rpartition(".")[2] for name in names] == ["SHA256SUMS", "json", "whl"]
    assert names == sorted(path.name for path in again.iterdir())
    assert [name for name in names if (made / name).read_bytes() != (again / name).read_bytes()] == []


def test_the_sums_are_those_of_the_files(made):
    told = dict(reversed(line.split("  ")) for line in (made / "SHA256SUMS").read_text().splitlines())
    files = {path.name: path for path in made.iterdir() if path.name != "SHA256SUMS"}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == told


def test_the_list_names_every_locked_package_and_who_asks_for_it(made):
    bill = json.loads(next(made.glob("*.cdx.json")).read_text())
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    pins = set(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==([^ ]+)", LOCK, re.MULTILINE))
    assert {(one["name"], one["version"]) for one in bill["components"]} == pins
    hashes = [
        told["value"] for one in bill["components"] for told in one["properties"] if told["name"] == "lock:sha256"
    ]
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", LOCK))
    asks = {
        one["ref"].partition("@")[0]: [ref.partition("@")[0] for ref in one["dependsOn"]]
        for one in bill["dependencies"]
    }
    assert "pkg:pypi/werkzeug" in asks["pkg:pypi/flask"]
    assert "pkg:pypi/flask" in asks["pkg:pypi/rehab-denials"]
    asked_for = {ref for below in asks.values() for ref in below}
    assert asked_for == {one["purl"].partition("@")[0] for one in bill["components"]}  # nothing stands there unasked
    refs = {one["bom-ref"] for one in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert {one["ref"] for one in bill["dependencies"]} == refs


def test_an_entry_of_the_lock_that_is_not_understood_is_no_list_without_it():
    with pytest.raises(ValueError, match="something>=1"):
        release.packages("something>=1 \\\n    --hash=sha256:00\n" + LOCK)


def test_a_release_is_not_mixed_with_what_lies_in_its_folder(tmp_path):
    (tmp_path / "old.whl").write_text("an older one")
    with pytest.raises(SystemExit, match="not empty"):
        release.make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["old.whl"]


@ssh_keygen
def test_a_signed_release_is_verified_as_the_guide_says_and_a_changed_one_is_not(made, tmp_path):
    guide = (ROOT / "deploy" / "README.md").read_text()
    sign = next(line for line in guide.splitlines() if line.startswith("ssh-keygen -Y sign")).partition("#")[0]
    verify = next(line for line in guide.splitlines() if line.startswith("ssh-keygen -Y verify"))
    place = tmp_path / "dist"
    shutil.copytree(made, place)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "KEY"], check=True)
    public = (tmp_path / "KEY.pub").read_text()
    (place / "allowed_signers").write_text(f'releases@example.org namespaces="release" {public}')
    shell(sign, tmp_path)
    assert shell(verify, place) == 0
    sums = place / "SHA256SUMS"
    sums.write_text(sums.read_text().replace("0", "1", 1))
    assert shell(verify, place) != 0


def shell(line: str, folder: Path) -> int:
    return subprocess.run(
        line, shell=True, cwd=folder, capture_output=True, check=False
    ).returncode  # the guide's own words
