import pytest
from sqlalchemy.orm import Session

from tests.reports.ledger import Ledger, payer
from tracker.models import Payer


@pytest.fixture
def eastside(session: Session) -> Ledger:
    return Ledger(session, "Eastside PT")


@pytest.fixture
def harbor(session: Session) -> Payer:
    return payer(session, "Harbor Health HMO")


@pytest.fixture
def summit(session: Session) -> Payer:
    return payer(session, "Summit Medicare Advantage")
