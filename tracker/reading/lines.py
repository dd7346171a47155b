"""Lines of a note that hold certain words."""


def lines_with(text: str, name: str, *words: str) -> list[tuple[int, int]]:
    """Return the places of lines that hold ``name`` and at least one of ``words``, without spaces around them."""
    found = []
    start = 0
    for line in text.splitlines(keepends=True):
        if name in line and any(word in line for word in words):
            lead = len(line) - len(line.lstrip())
            found.append((start + lead, start + len(line.rstrip())))
        start += len(line)
    return found
