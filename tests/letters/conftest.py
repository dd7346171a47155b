from collections.abc import Mapping
from dataclasses import replace

import pytest

from tracker.letters.catalog import LetterTemplate, sample, templates
from tracker.letters.facts import LetterFacts


@pytest.fixture(scope="session")
def letters() -> Mapping[str, LetterTemplate]:
    return templates()


@pytest.fixture
def necessity() -> LetterFacts:
    """The letter on medical necessity before anyone typed a policy, its points or measures."""
    return replace(sample("l01_medical_necessity").facts, policy=None, points=(), measures=())


@pytest.fixture
def filing() -> LetterFacts:
    return sample("l05_timely_filing").facts


@pytest.fixture
def bundling() -> LetterFacts:
    return sample("l08_bundling").facts


@pytest.fixture
def records() -> LetterFacts:
    return sample("l11_records").facts


@pytest.fixture
def units() -> LetterFacts:
    return sample("l12_units").facts
