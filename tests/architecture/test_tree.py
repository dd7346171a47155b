"""What the repository holds: no addresses of registries, and lock files that pin by hash."""

import re

import pytest

from tests.architecture.sources import ROOT, kept_files

# Written in parts, so that this file does not hold what it forbids.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in [
        ("pypi", "org"), ("pythonhosted", "org"), ("deb", "debian", "org"), ("registry", "npmjs"), ("npmjs", "com"),
        ("unpkg", "com"), ("jsdelivr", "net"), ("cdnjs", "cloudflare"), ("proxy", "golang"), ("static", "crates"),
    ]
)  # fmt: skip
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def test_no_file_names_a_registry():
    """Where packages come from is a setting of the machine."""
    found = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in kept_files()
        for content in [path.read_bytes()]
        for host in REGISTRIES
        if host.encode() in content
    ]
    assert found == []


def test_the_three_lock_files_are_there():
    assert [path.name for path in LOCKS] == ["bench.txt", "dev.txt", "run.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_pins_every_package_by_hash_and_names_no_address(lock):
    text = lock.read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9][a-z0-9._-]*(\[[a-z,]+\])?==[^ ]+", entry), entry
        assert "--hash=sha256:" in entry, entry


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==([^ ]+)", text, re.MULTILINE))


@pytest.mark.parametrize(("small", "large"), [("run.txt", "dev.txt"), ("dev.txt", "bench.txt")])
def test_each_lock_file_holds_the_one_before_it(small, large):
    """So that one environment serves all, whatever command set it up first."""
    assert pins(small).items() <= pins(large).items()


def test_no_machine_path_is_kept():
    """Paths of somebody's machine mean nothing on another."""
    places = tuple("/" + name + "/" for name in ("work", "root", "home"))
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in kept_files()
        if path.suffix in {".py", ".toml", ".md", ".tsv", ".json", ".html"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(re.search(rf"(?<![\w.:/}}]){re.escape(place)}\w", line) for place in places)
    ]
    assert found == []
