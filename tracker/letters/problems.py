"""What can go wrong with a letter, named by what a person can do about it."""


class LetterProblem(Exception):  # noqa: N818  # says what happened, in plain words
    """The parent of every problem of this package."""


class TemplateProblem(LetterProblem):
    """Raised when a letter's folder cannot be read or names what does not exist: its author has to mend it."""


class UnfinishedLetter(LetterProblem):
    """Raised when text that nobody finished would reach a PDF; ``leftovers`` are the words found."""

    def __init__(self, leftovers: tuple[str, ...]) -> None:
        super().__init__(f"The letter is not finished: {', '.join(leftovers)}")
        self.leftovers = leftovers


class PdfUnavailable(LetterProblem):
    """Raised when this machine cannot make PDF files (Pango is missing); the letter still shows as HTML."""


class PdfFailed(LetterProblem):
    """Raised when a document was refused or took too long or too much memory; the message says which."""


class PictureProblem(LetterProblem):
    """Raised when an uploaded picture cannot be used; the message says what to do."""


class PdfBusy(PdfFailed):
    """Raised when too many letters are being made at once."""

    def __init__(self) -> None:
        super().__init__("Other letters are being made right now. Try again in a minute")


class PacketProblem(LetterProblem):
    """Raised when an enclosure cannot be used. ``title`` names it, ``why`` and ``what_to_do`` are for the biller."""

    def __init__(self, title: str, why: str, what_to_do: str) -> None:
        super().__init__(f"{title}: {why}. {what_to_do}")
        self.title = title
        self.why = why
        self.what_to_do = what_to_do
