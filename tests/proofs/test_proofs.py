"""Every proof at a size for every day; `./dev proof` runs them at a larger one."""

import importlib
import logging

import pytest

from tests.proofs.__main__ import names

# Of size 0 are those that run other tests, and that of many writers, which needs a PostgreSQL server.
MODULES = [importlib.import_module(f"tests.proofs.{name}") for name in names()]
SMALL = [module for module in MODULES if module.PROOF.small]


@pytest.mark.parametrize("module", SMALL, ids=lambda module: module.__name__.rpartition(".")[2])
def test_it_holds_at_a_small_size(module, caplog):
    caplog.set_level(logging.CRITICAL)  # what a proof provokes is logged as errors
    found = module.prove(module.PROOF.small)
    assert found.wrong == ()
    assert found.tries >= 1
    assert found.measured
