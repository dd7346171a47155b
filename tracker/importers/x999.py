"""999 bytes to receipts (005010X231A1): whether a clearinghouse or payer could read a file of ours."""

from collections.abc import Iterator

from tracker.domain.receipt import FileReceipt, Receipts, arrival_of_file
from tracker.importers.errors import ImportProblem
from tracker.importers.x12 import ELEMENT, SEGMENT, Transaction, transactions
from tracker.importers.x12_values import padded, read_date

_CLAIMS = "837"


def read_999(data: bytes) -> Iterator[Receipts]:
    """Yield the receipts of a 999 in order; its day is that of its group or interchange.

    Raises ImportProblem when the file cannot be trusted or holds no 999.
    """
    seen = False
    for transaction in transactions(data):
        if transaction.kind == "999":
            seen = True
            yield Receipts("999", files=tuple(_files(transaction)), problems=tuple(transaction.problems))
    if not seen:
        raise ImportProblem("File", "There is no 999 transaction in this file.", "Choose the 999 of the clearinghouse.")


def _files(transaction: Transaction) -> Iterator[FileReceipt]:
    group, own, segment = "", "", 0
    day = read_date(transaction.group_date)
    for number, text in enumerate(transaction.body.split(SEGMENT), start=transaction.first_segment + 1):
        name, *values = padded(text.split(ELEMENT), 4)
        if name == "AK1":
            group = values[1].strip()
        elif name == "AK2":
            own, segment = (values[1].strip() if values[0].strip() == _CLAIMS else ""), number
        elif name == "IK5" and own:
            yield FileReceipt(group, own, arrival_of_file(values[0].strip()), day, segment)
            own = ""
