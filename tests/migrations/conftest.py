"""Empty databases of both kinds."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.databases import MASTER
from tracker.db import make_engine


@pytest.fixture
def owner(owner_url: str) -> Iterator[Engine]:
    """An engine on the test's database that may change its tables."""
    engine = make_engine(owner_url, MASTER)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database without tables."""
    if request.param == "postgres":
        with request.getfixturevalue("postgres_template").empty() as engine:
            yield engine
        return
    engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}", MASTER)
    yield engine
    engine.dispose()
