"""All packets of a batch of letters as files, with a list of what is in them."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from tracker.db import SessionMaker
from tracker.letters.zip_stream import ZipEntry
from tracker.models import Appeal, Letter
from tracker.reports.csv_export import csv_lines
from tracker.reports.signed_packet import can_read_packet, packet_files, signed_page

_COLUMNS = ("Appeal", "File", "Pages of the packet", "Bytes", "SHA-256", "Look at")


def batch_packets(
    sessions: SessionMaker, practice_id: int, letters: Sequence[int], now: datetime
) -> Iterator[ZipEntry]:
    """Yield the files of the signed letters' packets, in parts where the payer takes less in one file; a list last.

    ``letters`` are ids of signed letters of the practice. Each packet is read in a session of its own, so that a slow
    download holds no lock of the database. The list says which packet a payer does not take as it is, and why.
    """
    rows: list[list[str | int | None]] = []
    for letter_id in letters:
        with sessions.reading([practice_id]) as session:
            letter = session.get_one(Letter, (practice_id, letter_id))
            appeal = session.get_one(Appeal, (practice_id, letter.appeal_id))
            page = signed_page(session, appeal, letter) if can_read_packet(session, letter) else None
        if page is None:
            rows.append([f"A-{appeal.number}", "", "", "", "", "Left out: a protected note is in it"])
            continue
        for file in packet_files(appeal, page):
            digest = hashlib.sha256(file.content).hexdigest()
            rows.append([f"A-{appeal.number}", file.name, page.packet.pages, len(file.content), digest, page.problem])
            yield file
    text = "".join(csv_lines([("Packets of a batch", f"{len(letters)}")], _COLUMNS, rows))
    yield ZipEntry("contents.csv", text.encode(), now)
