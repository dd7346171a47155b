"""The packet of a signed letter: its exhibits, its parts where the payer takes less in one file, the files that go out."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.letters.index_page import IndexRow
from tracker.letters.kept import Kept, key_of
from tracker.letters.packet_parts import PacketLimits, PacketPart, fits_whole, over_limits, split_packet
from tracker.letters.problems import LetterProblem
from tracker.letters.zip_stream import ZipEntry
from tracker.models import Appeal, Attachment, Letter, PayerProfile


@dataclass(frozen=True, slots=True)
class SignedPage:
    """The packet of a signed letter as it was made; ``parts`` are empty when it goes out in one file."""

    packet: Attachment
    rows: tuple[IndexRow, ...]
    size: int
    parts: tuple[PacketPart, ...] = ()
    problem: str = ""


_parts: Kept[list[PacketPart]] = Kept(4)


def limits_of(profile: PayerProfile | None) -> PacketLimits:
    """Return what the payer takes, as the practice set it."""
    if profile is None:
        return PacketLimits()
    return PacketLimits(
        profile.packet_files, profile.packet_file_mb, profile.packet_total_mb, profile.packet_file_pages
    )


def can_read_packet(session: Session, letter: Letter) -> bool:
    """Whether the session's person may read the packet of a signed letter: a protected note may be in it."""
    query = select(Attachment.id).where(Attachment.practice_id == letter.practice_id, Attachment.id == letter.packet_id)
    return session.scalar(query) is not None


def signed_page(session: Session, appeal: Appeal, letter: Letter) -> SignedPage:
    """Return the packet of a signed letter, in parts where the payer's limits ask for them."""
    packet = session.get_one(Attachment, (letter.practice_id, letter.packet_id))
    rows, size = _rows(letter), len(packet.content)
    limits = limits_of(
        session.scalar(
            select(PayerProfile).where(
                PayerProfile.practice_id == appeal.practice_id, PayerProfile.payer_id == appeal.payer_id
            )
        )
    )
    if fits_whole(packet.content, packet.pages or 0, limits):
        return SignedPage(packet, rows, size, problem=over_limits([size], limits))
    title, practice = f"Appeal A-{appeal.number}", letter.facts["practice"]["name"]
    try:
        parts = _parts.get(
            key_of(packet.content_hash, repr(limits)),
            lambda: split_packet(packet.content, rows, limits, title=title, practice=practice),
        )
    except LetterProblem as problem:
        return SignedPage(packet, rows, size, problem=str(problem))
    return SignedPage(packet, rows, size, tuple(parts), over_limits([len(part.pdf) for part in parts], limits))


def _rows(letter: Letter) -> tuple[IndexRow, ...]:
    return tuple(
        IndexRow(each["label"], each["title"], each["first_page"], each["pages"])
        for each in letter.exhibits
        if "label" in each
    )


def packet_name(appeal: Appeal) -> str:
    """Return the name of a packet's file: no patient's name, no claim number."""
    return f"appeal-A-{appeal.number}.pdf"


def part_name(appeal: Appeal, part: PacketPart) -> str:
    """Return the name of the file of one part of a packet."""
    return f"appeal-A-{appeal.number}-part-{part.number}-of-{part.of}.pdf"


def packet_files(appeal: Appeal, page: SignedPage) -> Iterator[ZipEntry]:
    """Yield the files of a packet as they go out: the whole, or its parts where the payer takes less in one file."""
    if not page.parts:
        yield ZipEntry(packet_name(appeal), page.packet.content, page.packet.added_at)
    for part in page.parts:
        yield ZipEntry(part_name(appeal, part), part.pdf, page.packet.added_at)
