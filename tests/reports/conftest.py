from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from tests.reports.ledger import Ledger, payer
from tracker.db import SessionMaker, make_engine
from tracker.models import Base, Payer


@pytest.fixture
def session() -> Iterator[Session]:
    engine = make_engine("sqlite:///:memory:")
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
    with SessionMaker(engine).system() as session:
        yield session
    engine.dispose()


@pytest.fixture
def eastside(session: Session) -> Ledger:
    return Ledger(session, "Eastside PT")


@pytest.fixture
def harbor(session: Session) -> Payer:
    return payer(session, "Harbor Health HMO")


@pytest.fixture
def summit(session: Session) -> Payer:
    return payer(session, "Summit Medicare Advantage")
