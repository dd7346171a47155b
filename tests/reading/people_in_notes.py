"""Invented clinicians, credentials and ways to write a day, for notes made by hypothesis."""

from datetime import date

from hypothesis import strategies as st

NAMES = st.sampled_from(
    ["Dana Whitlock", "K. Smith", "Hanneke de Wit", "O'Rourke-Haas", "T. Oyelaran", "Ana-Maria Núñez", "J. R. Cole"]
)
THERAPISTS = st.sampled_from(
    [
        "PT",
        "PT, DPT",
        "DPT",
        "OTR/L",
        "OTR/L, CHT",
        "MS, CCC-SLP",
        "M.A., CCC-SLP",
        "CF-SLP",
        "PT, DPT, OCS",
        "MOT, OTR/L",
    ]
)
ASSISTANTS = st.sampled_from(["PTA", "COTA/L", "OTA", "LPTA", "BS, PTA"])
DAYS = st.dates(date(2010, 1, 1), date(2039, 12, 31))


def day_notations(day: date) -> list[str]:
    """Return ways people write a day."""
    return [
        f"{day:%m/%d/%Y}",
        f"{day.month}/{day.day}/{day:%y}",
        f"{day:%Y-%m-%d}",
        f"{day:%d-%b-%Y}",
        f"{day:%B} {day.day}, {day.year}",
        f"{day.day} {day:%b} {day.year}",
    ]
