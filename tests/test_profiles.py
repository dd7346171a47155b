"""A start that would lay health data open is refused in plain words; the deployment files start."""

import configparser
import re

import pytest
import yaml

from tests.architecture.sources import ROOT
from tracker.config import SettingsError, read_settings
from tracker.profiles import refuse_unsafe

OFFICE = {
    "TRACKER_PROFILE": "office", "TRACKER_PUBLIC_URL": "https://denials.example.org", "TRACKER_PROXIES": "1",
}  # fmt: skip
COMPANY = OFFICE | {"TRACKER_PROFILE": "company", "TRACKER_DATABASE_URL": "postgresql://me@here/tracker"}


def start(tmp_path, values):
    refuse_unsafe(read_settings({"TRACKER_DATA_DIR": str(tmp_path), **values}))


@pytest.mark.parametrize("values", [{}, {"TRACKER_HOST": "localhost"}, OFFICE, COMPANY])
def test_safe_settings_start(tmp_path, values):
    start(tmp_path, values)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"TRACKER_HOST": "0.0.0.0"}, "TRACKER_HOST"),  # what must be refused
        ({"TRACKER_HOST": "192.168.1.5"}, "TRACKER_HOST"),
        ({"TRACKER_PROXIES": "1"}, "TRACKER_PROXIES"),
        (OFFICE | {"TRACKER_PUBLIC_URL": "http://denials.example.org"}, "TRACKER_PUBLIC_URL"),
        (OFFICE | {"TRACKER_PUBLIC_URL": ""}, "TRACKER_PUBLIC_URL"),
        (OFFICE | {"TRACKER_PROXIES": "0"}, "TRACKER_PROXIES"),
        (OFFICE | {"TRACKER_FAST_HASH": "yes"}, "TRACKER_FAST_HASH"),
        (COMPANY | {"TRACKER_DATABASE_URL": ""}, "TRACKER_DATABASE_URL"),
    ],
)
def test_an_unsafe_combination_is_refused_and_named(tmp_path, values, named):
    with pytest.raises(SettingsError, match=named):
        start(tmp_path, values)


def test_every_fault_is_named_at_once(tmp_path):
    with pytest.raises(SettingsError) as refusal:
        start(tmp_path, {"TRACKER_PROFILE": "company", "TRACKER_FAST_HASH": "yes"})
    assert len(str(refusal.value).splitlines()) == 5  # the sentence, and four faults


def test_a_key_that_others_can_read_is_refused(tmp_path):
    key = tmp_path / "secret_key"
    key.write_text("secret")
    key.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        start(tmp_path, {})
    key.chmod(0o600)
    start(tmp_path, {})


def deployed(service: str) -> dict[str, str]:
    settings = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"][service]["environment"]
    given = {
        "PUBLIC_URL": "https://denials.example.org",
        "ADMIN_PASSWORD": "1",
        "OWNER_PASSWORD": "2",
        "APP_PASSWORD": "3",
    }
    return {name: re.sub(r"\$\{(\w+)[^}]*}", lambda m: given.get(m[1], ""), value) for name, value in settings.items()}


@pytest.mark.parametrize("service", ["app", "worker", "prepare"])
def test_the_compose_file_has_settings_that_start(tmp_path, service):
    start(tmp_path, deployed(service))


def test_the_compose_file_gives_only_its_preparation_the_roles_that_change_tables():
    assert {"TRACKER_DATABASE_OWNER_URL", "TRACKER_DATABASE_ADMIN_URL"} <= set(deployed("prepare"))
    for service in ("app", "worker"):
        given = deployed(service)
        assert given["TRACKER_DATABASE_URL"].startswith("postgresql://tracker_app:")
        assert not {"TRACKER_DATABASE_OWNER_URL", "TRACKER_DATABASE_ADMIN_URL"} & set(given)


@pytest.mark.parametrize("unit", ["tracker", "tracker-worker"])
def test_the_units_run_commands_that_exist(unit):
    from tracker.cli import main

    text = configparser.ConfigParser(strict=False, interpolation=None)
    text.optionxform = str
    text.read(ROOT / f"deploy/{unit}.service")
    command = text["Service"]["ExecStart"].split()[-1]
    assert command in main.commands
    assert text["Service"]["LimitCORE"] == "0"  # a core dump would hold names and keys
