"""Fixtures of more than one file of tests of pages: an object of every kind in both practices, a payer."""

from tests.web.test_access_matrix import payer, things  # noqa: F401
