"""Sources that nobody has looked at for over a year."""

import shutil
from datetime import date
from pathlib import Path

from tracker.knowledge import load, load_from
from tracker.knowledge.ages import a_year_before, old_sources
from tracker.knowledge.library import FOLDER


def test_a_source_checked_a_year_ago_to_the_day_is_not_old():
    oldest = min(source.checked_on for source in load().sources.values())
    assert old_sources(load(), oldest.replace(year=oldest.year + 1)) == ()


def test_a_day_later_every_kind_of_file_is_listed():
    files = {entry.where.split(":")[0].split("/")[0] for entry in old_sources(load(), date(2099, 1, 1))}
    assert files == {"sources.toml", "rules", "payers", "payer_kinds.toml", "medicare.toml", "folklore.toml"}


def test_one_old_rule_is_named_with_its_file_and_source(tmp_path: Path):
    folder = tmp_path / "knowledge"
    shutil.copytree(FOLDER, folder)
    path = folder / "rules/clm_kx.toml"
    path.write_text(path.read_text().replace("checked_on = 2026-11-22", "checked_on = 2024-01-31"))

    (old,) = old_sources(load_from(folder), date(2026, 11, 26))

    assert (old.where, old.checked_on) == ("rules/clm_kx.toml", date(2024, 1, 31))
    assert "chapter 5" in old.source


def test_a_year_before_a_leap_day_is_the_last_of_february():
    assert a_year_before(date(2028, 2, 29)) == date(2027, 2, 28)
