"""`./dev` says what it can do and refuses what it cannot, before it changes anything."""

import re
import subprocess

import pytest

from tests.architecture.sources import ROOT


def dev(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROOT / "dev", *words], capture_output=True, text=True, check=False, cwd="/")


def test_help_names_every_command():
    script = (ROOT / "dev").read_text()
    commands = re.findall(r"^  ([a-z]+)\) ", script[script.index("case $command in") :], re.MULTILINE)
    assert {"up", "test", "check", "bench", "migration", "lock", "release", "advisories"} <= set(commands)
    listed = dev("help").stdout
    assert [name for name in commands if f"./dev {name} " not in listed] == []


@pytest.mark.parametrize("port", ["80x", "", "-1", "123456"])
def test_a_port_that_is_none_is_refused(port):
    done = dev("up", "--port", port)
    assert done.returncode == 1
    assert "--port must be a whole number from 1 to 65535" in done.stderr


def test_a_port_that_comes_from_the_environment_is_refused_by_its_name(monkeypatch):
    monkeypatch.setenv("TRACKER_PORT", "abc")
    assert "TRACKER_PORT must be a whole number from 1 to 65535. It is 'abc'" in dev("up").stderr


@pytest.mark.parametrize("words", [["up", "--prot", "8001"], ["nonsense"], ["up", "--port"]])
def test_what_it_does_not_know_is_refused(words):
    done = dev(*words)
    assert done.returncode == 1
    assert done.stderr


@pytest.mark.parametrize("script", ["dev", ".ci/run"])
def test_the_scripts_can_be_run(script):
    assert (ROOT / script).stat().st_mode & 0o111


@pytest.mark.parametrize(
    ("answer", "code", "said", "ends"),
    [
        ("No known vulnerabilities found", 0, "ok", 0),
        ("Found 1 known vulnerability in 1 package", 1, "FAILED", 1),
        ("ConnectionError: no route to host", 1, "skipped: pip-audit got no answer", 0),
    ],
)
def test_a_known_flaw_fails_the_check_and_no_answer_is_said_in_words(tmp_path, monkeypatch, answer, code, said, ends):
    """The program is a stand-in that answers as pip-audit does: the list it asks is not ours to reach from a test."""
    program = tmp_path / "pip-audit"
    program.write_text(f"#!/bin/sh\necho '{answer}'\nexit {code}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    done = dev("advisories")
    assert done.stdout.startswith(said)
    assert done.returncode == ends


def test_without_pip_audit_the_question_is_skipped_in_words(monkeypatch):
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    done = dev("advisories")
    assert (done.returncode, done.stdout[:35]) == (0, "skipped: pip-audit is not installed")
