"""Proofs that are tests: run by pytest in a process of its own, and counted."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.proofs.found import Found
from tests.thoroughness import VARIABLE

_ROOT = Path(__file__).parents[2]


def run_tests(walked: str, *words: str, thorough: bool = False) -> Found:
    """Run tests, ``thorough`` all that they can try, and return how many passed; every one has to."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "0",
        "-o",
        "addopts=--import-mode=importlib",
        "-p",
        "no:cacheprovider",
    ]
    environment = os.environ | ({VARIABLE: "thorough"} if thorough else {})
    done = subprocess.run(
        [*command, "-q", *words], cwd=_ROOT, env=environment, capture_output=True, text=True, check=False
    )
    passed = re.search(r"(\d+) passed", done.stdout)
    failed = re.findall(r"^(?:FAILED|ERROR) (.*)", done.stdout, re.MULTILINE)
    count = int(passed[1]) if passed else 0
    wrong = (
        failed if done.returncode and failed else [done.stdout[-500:] + done.stderr[-500:]] if done.returncode else []
    )
    return Found(count, f"{count} tests passed: {walked}", tuple(wrong))
