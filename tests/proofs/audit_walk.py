"""Every route that shows patient data leaves its entry, every tampering with the log is found, a long log is soon verified."""

from tests.benchmarks import bench_audit
from tests.proofs.found import Found, Proof
from tests.proofs.suite import run_tests

PROOF = Proof(
    "R-16", "every route with patient data leaves an entry; every tampering is found; over 200,000/s", 0, 2, 2
)

_RATE = 200_000  # a second, computing alone (security.md R-16)


def prove(parts: int) -> Found:
    """Walk the routes; tamper with the log, and verify a long one, when two parts are asked for."""
    files = ("tests/web/test_audited.py", "tests/auditing")[:parts]
    found = run_tests("the walk over the routes, changes, sealing, tampering", *files, "-m", "not postgres")
    if parts == 1:
        return found
    rates = bench_audit.measure()
    verified = f"verifying {rates.computing:,.0f} entries/s, {rates.reading:,.0f} with reading them"
    slow = () if rates.computing > _RATE else (f"verifying, computing alone: {rates.computing:,.0f} entries/s",)
    return found._replace(measured=f"{found.measured}; {verified}", slow=slow)
