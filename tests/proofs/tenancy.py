"""Every route, with every method, for every role, on one's own practice and on another's: no foreign name shows."""

from tests.proofs.found import Found, Proof
from tests.proofs.stage import app_on, sqlite_stage
from tests.proofs.suite import run_tests
from tests.web.test_access_matrix import routes
from tracker.domain.access import Role

PROOF = Proof("R-17", "0 canaries of another practice over all routes, methods and roles", 0, len(Role), len(Role))


def prove(roles: int) -> Found:
    """Walk the matrix for so many roles."""
    with sqlite_stage() as stage, app_on(stage) as app:
        walked = len(list(routes(app)))
    names = f"(own_practice or foreign_object) and ({' or '.join(list(Role)[:roles])})"
    found = run_tests(
        f"{walked} routes and methods, {roles} roles, own and foreign objects",
        "tests/web/test_access_matrix.py", "-m", "not postgres", "-k", names,
    )  # fmt: skip
    return found._replace(tries=2 * walked * roles)
