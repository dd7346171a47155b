"""National Provider Identifiers: ten digits, the last a check digit."""


def make_npi(nine_digits: int) -> str:
    """Return a ten-digit NPI: the digits and the Luhn check digit over 80840 + digits (CMS NPI standard)."""
    digits = f"{nine_digits:09d}"
    return digits + str(-_luhn_sum(digits) % 10)


def is_npi(text: str) -> bool:
    """Whether ten digits carry the right check digit."""
    return len(text) == 10 and text.isascii() and text.isdigit() and make_npi(int(text[:9])) == text


def _luhn_sum(digits: str) -> int:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[::-2])
    return 24 + sum(doubled) + sum(int(digit) for digit in digits[-2::-2])  # 24 stands for the prefix 80840
