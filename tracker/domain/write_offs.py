"""Which write-offs wait for somebody's approval."""

ASKED, RETURNED, APPROVED = "asked", "returned", "approved"


def must_wait(amount_cents: int, limit_cents: int | None) -> bool:
    """Whether writing this amount off waits for approval: above the practice's limit; without a limit never."""
    return limit_cents is not None and amount_cents > limit_cents
