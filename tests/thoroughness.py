"""How much the tests try: a selection each time, everything when a proof asks for the full count."""

import os

VARIABLE = "TRACKER_TESTS"
THOROUGH = os.environ.get(VARIABLE) == "thorough"
