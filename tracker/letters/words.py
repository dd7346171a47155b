"""How letters write dates, money and lists."""

from collections.abc import Sequence
from datetime import date, time


def long_date(day: date) -> str:
    """Return ``November 29, 2026``."""
    return f"{day:%B} {day.day}, {day.year}"


def short_date(day: date) -> str:
    """Return ``11/29/2026``, for tables."""
    return f"{day:%m/%d/%Y}"


def clock_time(moment: time) -> str:
    """Return ``9:05 AM``."""
    return f"{moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"


def date_range(days: Sequence[date]) -> str:
    """Return one date, or the first ``to`` the last; empty for no dates."""
    if not days:
        return ""
    first, last = min(days), max(days)
    return long_date(first) if first == last else f"{long_date(first)} to {long_date(last)}"


def and_list(words: Sequence[object]) -> str:
    """Return ``A``, ``A and B`` or ``A, B and C``."""
    texts = [str(word) for word in words]
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def counted(number: int, word: str) -> str:
    """Return ``1 page`` or ``2 pages``."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def capital(text: str) -> str:
    """Return text with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def with_article(words: str) -> str:
    """Return ``an appeal``, ``a redetermination``."""
    return f"{'an' if words[:1].lower() in tuple('aeiou') else 'a'} {words}"
