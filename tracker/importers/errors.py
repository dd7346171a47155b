"""The one error an importer raises: a file that cannot be trusted."""


class ImportProblem(Exception):  # noqa: N818  # the word people read on screens
    """A file (or what a person asked of one) is refused: where it fails, why, and what to do about it."""

    def __init__(self, where: str, why: str, what_to_do: str = "") -> None:
        super().__init__(where, why, what_to_do)
        self.where, self.why, self.what_to_do = where, why, what_to_do

    def as_json(self) -> dict[str, str]:
        """Return the problem by the names it is made from, to be kept with an import."""
        return {"where": self.where, "why": self.why, "what_to_do": self.what_to_do}

    def __str__(self) -> str:
        return f"{self.where}: {self.why} {self.what_to_do}".strip()
