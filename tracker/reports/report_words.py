"""What every report says of its figures: how they are counted, and what is not counted."""

from tracker.reports.basis import BASIS_WORDS, EXPECTED_DEFINITION, Basis

_DEFINITIONS = (
    (
        "Denial",
        (
            "A claim line (or a whole claim without lines) at its first denial. A line denied again is counted once. Its month "
            "is the remittance date of the first denial."
        ),
    ),
    (
        "Initial denial rate",
        (
            "Lines denied by the payer's first answer, divided by all lines first answered in the month. Denials logged by hand "
            "are not in the rate. There is no rate under 20 lines."
        ),
    ),
    (
        "Root cause",
        "One main cause for each denial: the one a person chose, or else the first suggestion. Causes are sorted by dollars.",
    ),
    (
        "Overturned",
        (
            "Appeals decided fully or partly in the practice's favor, divided by appeals decided. Pending appeals are shown beside "
            "the rate, never inside it. There is no rate under 10 decisions."
        ),
    ),
    (
        "Recovered",
        "What payers paid on denied lines after the denial, by the month of the denial. Payments may still come.",
    ),
    (
        "Missed deadlines",
        "Open denials past the last day to file with no appeal, corrected claim or decision, on the day of the run.",
    ),
    (
        "Mature month",
        (
            "The last month of which 90% of the denials appealed or corrected were decided on the day of the run, or that "
            "ended 180 days or more before it."
        ),
    ),
)


def definitions(basis: Basis) -> tuple[tuple[str, str], ...]:
    """Return how figures are counted whose amounts are on a basis."""
    amounts = ("Amounts", f"{BASIS_WORDS[basis].capitalize()}, unless marked.")
    expected = (("Expected payments", EXPECTED_DEFINITION),) if basis is Basis.EXPECTED else ()
    return (*_DEFINITIONS[:1], amounts, *expected, *_DEFINITIONS[1:])


NOT_COUNTED = (
    "Contractual reductions (CO-45), the patient's share (PR-1, PR-2, PR-3), sequestration, remarks for information, "
    "rejections by the clearinghouse, repeat denials of the same line, and what a person closed as not a denial. Claims "
    "without an 835 in this system are in no rate."
)
