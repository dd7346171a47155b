"""Letters of many denials: each drafted or signed in a transaction of its own, so that a kill loses and doubles none."""

from datetime import UTC, datetime
from typing import Any

from tracker.db import transaction
from tracker.domain.audit import Act
from tracker.jobs.engine import JobFailed, Task
from tracker.jobs.telling import tells
from tracker.knowledge import load
from tracker.letters.facts import SignerFacts
from tracker.letters.problems import LetterProblem
from tracker.models import Appeal, Letter
from tracker.services.appealing import AppealRefused
from tracker.services.letter_batches import Confirmed, draft_one, letter_to_sign
from tracker.services.letter_drafts import LetterConflict, lock_letter, make_signed_packet
from tracker.services.practices import practice_day


def _asked_by(task: Task) -> tuple[int, int]:
    if task.practice_id is None or task.user_id is None:
        raise JobFailed("Nobody asked for these letters")
    return task.practice_id, task.user_id


@tells(Act.LETTERS)
def draft_letters(task: Task) -> None:
    """Draft one letter per chosen denial; killed, it finds the letters there are and goes on."""
    practice, user = _asked_by(task)
    ids, rows = task.arguments["denials"], []
    for number, denial_id in enumerate(ids):
        task.report(number, len(ids), "Drafting letters")
        now = datetime.now(UTC)
        with transaction(task.sessions.writing([practice])) as session:
            rows.append(
                draft_one(session, practice, denial_id, load(), now, practice_day(session, practice, now), user)
            )
            task.hold(session, now)
    with transaction(task.sessions.writing([practice])) as session:
        task.finish(session, {"rows": rows})


@tells(Act.LETTERS)
def sign_letters(task: Task) -> None:
    """Make the packets a signer confirmed and lock their letters; those signed before a kill are left as they are."""
    wanted, problems = [Confirmed(*each) for each in task.arguments["letters"]], {}
    for number, one in enumerate(wanted):
        task.report(number, len(wanted), "Making PDFs")
        try:
            _sign(task, one)
        except (AppealRefused, LetterProblem) as problem:
            problems[str(one.letter_id)] = str(problem)
        except LetterConflict:
            problems[str(one.letter_id)] = "It was changed while its PDF was made"
    practice, _ = _asked_by(task)
    with transaction(task.sessions.writing([practice])) as session:
        task.finish(session, {"problems": problems})


def _sign(task: Task, one: Confirmed) -> None:
    """Sign one letter: its PDF is made outside of any transaction, then stored with the lock in one."""
    practice, user = _asked_by(task)
    arguments: Any = task.arguments
    with task.sessions.reading([practice]) as session:
        today = practice_day(session, practice, datetime.now(UTC))
        signer = SignerFacts(**arguments["signer"], signed_on=None if arguments["by_hand"] else today)
        hand = letter_to_sign(session, practice, one, signer, load(), today)
    if hand is None:
        return
    made = make_signed_packet(hand)
    now = datetime.now(UTC)
    with transaction(task.sessions.writing([practice])) as session:
        letter = session.get_one(Letter, (practice, one.letter_id))
        appeal = session.get_one(Appeal, (practice, letter.appeal_id))
        lock_letter(session, appeal, letter, one.version, made, now, user, batch=True)
        task.hold(session, now)
