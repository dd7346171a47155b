"""What a release is made of: the wheel, a list of its packages (CycloneDX), and the SHA-256 of both to be signed.

``./dev release FOLDER`` calls it. Made twice from the same commit every file is the same, byte by byte, so anybody can
compare a release with its source. How it is signed and checked: deploy/README.md, Releases.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
SUMS = "SHA256SUMS"
_START = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==(?P<version>[^ ]+)(?: ; (?P<only>[^\\]+?))? \\")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_FIRST_YEAR_OF_ZIP = 315_532_800  # 1 January 1980, in seconds: a ZIP holds no earlier time


class Package(NamedTuple):
    """A package of a lock file: where it is needed (a marker, or empty), its files' hashes, and who asks for it."""

    name: str
    version: str
    only: str
    hashes: tuple[str, ...]
    asked_by: tuple[str, ...]

    @property
    def ref(self) -> str:
        """Return its package URL (purl-spec, type pypi)."""
        return f"pkg:pypi/{self.name}@{self.version}"


def packages(lock: str) -> list[Package]:
    """Return the packages of a lock file. Raises ValueError for an entry that is not understood."""
    found = []
    for entry in re.split(r"\n(?=\S)", lock.strip()):
        start = _START.match(entry)
        if start is None:
            raise ValueError(f"This entry of the lock file is not understood: {entry.splitlines()[0]}")
        asked_by = re.findall(r"^\s+#\s+(?:via )?([a-z0-9][a-z0-9._-]*)(?: \(.*\))?$", entry, re.MULTILINE)
        found.append(
            Package(
                start["name"], start["version"], start["only"] or "", tuple(_HASH.findall(entry)),
                tuple(name for name in asked_by if name != "via"),
            )
        )  # fmt: skip
    return found


def sbom(project: dict[str, Any], lock: str) -> dict[str, Any]:
    """Return the bill of materials of a lock file (CycloneDX 1.6, ECMA-424): packages, and which asks for which."""
    found = packages(lock)
    own = f"pkg:pypi/{project['name']}@{project['version']}"
    refs = {project["name"]: own} | {one.name: one.ref for one in found}
    asks: dict[str, list[str]] = {ref: [] for ref in refs.values()}
    for one in found:
        for name in one.asked_by:
            asks[refs[name]].append(one.ref)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, own + hashlib.sha256(lock.encode()).hexdigest())}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": own, "name": project["name"], "version": project["version"], "purl": own}},
        "components": [_component(one) for one in found],
        "dependencies": [{"ref": ref, "dependsOn": sorted(below)} for ref, below in sorted(asks.items())],
    }  # fmt: skip


def _component(one: Package) -> dict[str, Any]:
    told = [{"name": "lock:sha256", "value": value} for value in one.hashes]
    told += [{"name": "lock:only", "value": one.only}] if one.only else []
    return {"type": "library", "bom-ref": one.ref, "name": one.name, "version": one.version, "purl": one.ref, "properties": told}  # fmt: skip


def make(folder: Path) -> list[Path]:
    """Make the wheel and its bill of materials in an empty folder, and the sums of both; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SystemExit(f"{folder} is not empty. Name an empty folder for the release.")
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(_time_of_commit())}
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder.resolve())]
    subprocess.run(build, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    bill = folder / f"{project['name']}-{project['version']}.cdx.json"
    bill.write_text(json.dumps(sbom(project, (ROOT / "requirements" / "run.txt").read_text()), indent=1) + "\n")
    made = sorted(folder.iterdir())
    sums = folder / SUMS
    sums.write_text("".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in made))
    return [*made, sums]


def _time_of_commit() -> int:
    """Return when the newest commit was made, in seconds; in an archive without git the first time that a ZIP can hold."""
    told = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False)
    return int(told.stdout) if told.returncode == 0 and told.stdout.strip() else _FIRST_YEAR_OF_ZIP


if __name__ == "__main__":
    for path in make(Path(sys.argv[1])):
        sys.stdout.write(f"{path}\n")
