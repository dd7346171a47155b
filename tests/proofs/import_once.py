"""One file through HTTP again and again, with other line breaks, and from many browsers at once: stored once, and said."""

import re
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from tests.edi import claim, line, remit
from tests.proofs.found import Found, Proof
from tests.proofs.server import Browser, serving
from tests.proofs.stage import Stage, sqlite_stage
from tracker.models import ClaimPayment, Denial, ImportFile

PROOF = Proof("R-2", "same bytes, other line breaks, 8 uploads at once: stored once, the others told", 1, 5, 30)

_AT_ONCE = 8
_TOLD = re.compile(
    r"imported this file on|was imported before|imported with another file in the meantime|cancelled, or nothing in it was new"
)
_VARIANTS = {
    "same bytes": lambda data: data,
    "CR LF": lambda data: data.replace(b"\n", b"\r\n"),
    "one line": lambda data: data.replace(b"\n", b""),
    "blank lines at the end": lambda data: data + b"\r\n\r\n",
}


def prove(rounds: int) -> Found:
    """In each round a new file is sent from 8 browsers at once, and then again in all its variants."""
    wrong, uploads = list[str](), 0
    with sqlite_stage() as stage, serving(stage) as server:
        browsers = [Browser(server.address, "alice") for _ in range(_AT_ONCE)]
        for number in range(1, rounds + 1):
            data = _file(number)
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                pages = list(pool.map(lambda browser, data=data: _bring_in(browser, data), browsers))
            logged = sum("1 denial logged" in page for page in pages)
            told = sum(bool(_TOLD.search(page)) for page in pages)
            if (logged, told) != (1, _AT_ONCE - 1):
                wrong.append(f"round {number}: {logged} of {_AT_ONCE} logged it, {told} were told that it is there")
            for name, changed in _VARIANTS.items():
                if not _TOLD.search(_bring_in(browsers[0], changed(data))):
                    wrong.append(f"round {number}, {name}: not told that it is there")
            uploads += _AT_ONCE + len(_VARIANTS)
            if (counted := _counts(stage)) != (number, number, number):
                wrong.append(f"round {number}: files, answers and denials {counted}")
        stored = _counts(stage)
    return Found(uploads, f"{uploads} uploads of {rounds} files: files, answers, denials {stored}", tuple(wrong))


def _file(number: int) -> bytes:
    return remit(
        claim(f"A{number}", line("97110", 90, 0, "CO-50:90"), payer_number=f"ICN{number}"), trace=f"EFT{number}"
    )


def _bring_in(browser: Browser, data: bytes) -> str:
    """Go all the way: choose, log what is offered; return the words of the last page."""
    answer = browser.upload(("remit.835", data))
    assert answer.status_code == 303, answer.text
    check = answer.headers["Location"]
    page = browser.get(check)
    if f"{check}/log" in page.text:
        ticked = re.findall(r'name="log" value="([^"]+)" checked', page.text)
        answer = browser.send(check, f"{check}/log", log=ticked)
        assert answer.status_code == 303, answer.text
        page = browser.get(check)
    return page.text


def _counts(stage: Stage) -> tuple[int, ...]:
    with stage.sessions.system() as session:
        stored = select(func.count()).where(ImportFile.state == "stored")
        rows = (select(func.count()).select_from(table) for table in (ClaimPayment, Denial))
        return tuple(session.scalar(query) or 0 for query in (stored, *rows))
