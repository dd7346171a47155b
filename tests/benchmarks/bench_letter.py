"""How long a letter and a packet take, once a child process is warm."""

import statistics
import time
from collections.abc import Callable
from io import BytesIO

import pikepdf

from tracker.letters.catalog import sample, templates
from tracker.letters.draft import draft
from tracker.letters.packet import ExhibitFile, Packet, make_packet
from tracker.letters.pdf import make_pdf, render

_EXHIBITS, _PAGES_EACH = 6, 33


def run() -> list[tuple[str, str]]:
    """Milliseconds for each letter's draft and PDF, and for a packet of 200 pages."""
    started = time.perf_counter()
    letters = {template.id: _html(template.slug) for template in templates().values()}
    first = make_pdf(letters["L01"])
    figures = [("first letter, child started", f"{(time.perf_counter() - started) * 1000:.0f} ms")]
    for name, html in letters.items():
        milliseconds = _median(lambda html=html: make_pdf(html), times=7)
        figures.append((f"letter {name} to PDF, warm", f"{milliseconds:.0f} ms (aim: 300 or less)"))
    figures.append(("letter L01 to PDF, processor time alone", f"{_processor_time(letters['L01']):.0f} ms"))
    figures.append(("draft of L01 to HTML", f"{_median(lambda: _html('l01_medical_necessity'), times=21):.1f} ms"))
    exhibits = [ExhibitFile(f"Chart {number}", _chart(number)) for number in range(_EXHIBITS)]
    packet = _packet(first, exhibits)
    milliseconds = _median(lambda: _packet(first, exhibits), times=5)
    words = f"{milliseconds:.0f} ms (aim: 2000 or less), {len(packet.pdf) / 1e6:.1f} MB"
    figures.append((f"packet of {packet.pages} pages with its index", words))
    return figures


def _packet(letter: bytes, exhibits: list[ExhibitFile]) -> Packet:
    return make_packet(letter, exhibits, title="Appeal A-1", practice="Lakeview Rehab")


def _html(slug: str) -> str:
    shown = sample(slug)
    template = next(each for each in templates().values() if each.slug == slug)
    return draft(template, shown.facts, shown.fields).html


def _median(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken)


def _processor_time(html: str) -> float:
    """The least of five, in this process: what the letter costs when nothing else runs."""
    taken = []
    for _ in range(5):
        started = time.process_time()
        render({"html": html}, ())
        taken.append((time.process_time() - started) * 1000)
    return min(taken)


def _chart(number: int) -> bytes:
    """An enclosure of 33 pages of text."""
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    for leaf in range(_PAGES_EACH):
        page = pdf.add_blank_page(page_size=(612, 792))
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        rows = "".join(f"({number}-{leaf}-{row}: 97110 26 min, 97112 14 min) Tj T* " for row in range(50))
        page.contents_add(f"BT /F 10 Tf 14 TL 72 740 Td {rows} ET".encode())
    written = BytesIO()
    pdf.save(written)
    return written.getvalue()
