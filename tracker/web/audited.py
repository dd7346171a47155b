"""Every request leaves its entry in the audit log: before the answer goes out, and if that fails the answer fails.

What a request changed has its entry in the same transaction (``tracker.auditing.changes``). Here the others are made:
reading, lists, files, refusals, sign-ins. A view has nothing to do for it; it may say how much it showed (``shown``), or
tell of something that happened besides (``also``).
"""

import hashlib
import re

from flask import Flask, Response, g, request

from tracker.auditing import acting
from tracker.auditing.acting import Actor, Doing
from tracker.auditing.appending import Told, keys_of, reads_log
from tracker.domain.access import Action
from tracker.domain.audit import Act, Outcome
from tracker.models import User
from tracker.reports.xlsx_export import XLSX
from tracker.web.access import declared
from tracker.web.request import is_changing, sessions

# Pages that show no patient data though work is done with them, asked for by themselves: how far a job is, how much is new.
WITHOUT_PATIENTS = frozenset({"jobs.show", "queue.news"})

_IMPORTS = frozenset({"imports", "api_imports"})
_CONFIGURES = frozenset(
    {
        Action.SETTINGS,
        Action.MANAGE_USERS,
        Action.MANAGE_OWNERS,
        Action.TEMPLATES,
        Action.PAYER_RULES,
        Action.OWN_PRACTICE,
    }
)
_CHANGES = {Action.OWN_ACCOUNT: Act.ACCOUNT} | dict.fromkeys(_CONFIGURES, Act.CONFIGURED)
_SHOWS_A_PAGE = frozenset({200, 206, 304, 409, 422})
_EXPORTS = frozenset({"text/csv", "application/json", XLSX})
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)


def init_app(app: Flask) -> None:
    """Begin before the sign-in check, so that a refusal is told too."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(lambda _error: acting.end())


def shown(count: int) -> None:
    """Say how many rows of a list the page shows."""
    g.doing.detail["count"] = count


def also(act: Act, outcome: Outcome = Outcome.OK, user: User | None = None, practice_id: int | None = None) -> None:
    """Tell of something that happened besides what the page is for; ``user`` did it where nobody is signed in yet."""
    g.audited_also.append(Told(act, outcome, practice_id))
    g.audited_user = user or g.get("audited_user")


def _begin() -> None:
    view = request.blueprint or ""
    object_type, object_id, more = _object()
    act = Act.IMPORTED if view in _IMPORTS else _CHANGES.get(_action() or Action.WORK_QUEUE, Act.CHANGED)
    g.audited_also = []
    g.doing = Doing(
        _who, act, object_type, object_id, lambda: g.get("scope", frozenset()), lambda: g.now,
        detail={"page": request.endpoint or ""} | more,
    )  # fmt: skip
    acting.begin(g.doing)


def _action() -> Action | None:
    return declared(request.endpoint) if request.endpoint else None


def _who() -> Actor:
    waiting = g.get("waiting")
    user = g.get("audited_user") or g.get("user") or (waiting.user if waiting else None)
    held = g.get("sign_in") or g.get("token") or (waiting.session if waiting else None)
    reference = hashlib.sha256(held.public_id.encode()).hexdigest()[:16] if held else ""
    return Actor(user.id if user else None, user.login if user else "", reference, request.remote_addr or "")


def _object() -> tuple[str, str, dict[str, object]]:
    """Return kind and id of what the address names, and the ids of its parts.

    The kind is the word before the first argument: ``/denials/<public_id>/assign`` is about one of the denials.
    """
    if request.url_rule is None or not request.view_args:
        return "", "", {}
    kind, found = "", {name: str(value) for name, value in request.view_args.items() if _ID.fullmatch(str(value))}
    for part in request.url_rule.rule.split("/"):
        if part.startswith("<"):
            name = part.strip("<>").rpartition(":")[2].partition(">")[0]
            return kind[:40], found.pop(name, ""), dict(found)
        kind = part
    return "", "", dict(found)


def _end(response: Response) -> Response:
    """Add the entries of the request. What the database raises turns the answer into an error page."""
    if g.get("audited_in_vain"):  # the error page of a failed entry
        return response
    told = [*g.get("audited_also", ()), *_told(response)]
    if told:
        g.audited_in_vain = True
        reads_log(sessions().engine).append(g.doing, told)
        g.audited_in_vain = False
    g.audited_also = []
    return response


def _told(response: Response) -> list[Told]:
    action, status = _action(), response.status_code
    if request.endpoint is None or action is None or g.get("now") is None:
        return []
    if g.user is None:
        is_wrong_token = status == 401 and "Authorization" in request.headers
        return [Told(Act.SIGN_IN_FAILED, Outcome.REFUSED)] if is_wrong_token else []
    own = g.practice.id if g.practice else None
    if status in {403, 429}:
        return [Told(Act.REFUSED, Outcome.REFUSED, own, g.doing.detail)]
    if status == 404:
        return [Told(Act.REFUSED, Outcome.NOT_THERE, own, g.doing.detail)]
    if action is Action.OWN_ACCOUNT or request.endpoint in WITHOUT_PATIENTS:
        return []
    act = _act_of(response)
    outcome = Outcome.FAILED if status >= 500 else Outcome.OK
    detail = g.doing.detail | _query()
    return [Told(act, outcome, place, detail) for place in g.doing.in_practices()] if act else []


def _act_of(response: Response) -> Act | None:
    """Return what an answer is in the log; None when it shows nothing, or its change has an entry already."""
    if _action() is Action.READ_AUDIT:
        return Act.AUDIT_READ
    if response.status_code in _SHOWS_A_PAGE and (file := _file_act(response)):
        return file
    if is_changing() and (g.doing.written or response.status_code not in _SHOWS_A_PAGE):
        return None if g.doing.written and response.status_code < 500 else Act.SENT
    if response.status_code in _SHOWS_A_PAGE or response.status_code >= 500:
        return Act.READ if g.doing.object_id else Act.LISTED
    return None


def _file_act(response: Response) -> Act | None:
    is_attachment = response.headers.get("Content-Disposition", "").startswith("attachment")
    if is_attachment:
        return Act.EXPORTED if response.mimetype in _EXPORTS else Act.DOWNLOADED
    return Act.PRINTED if response.mimetype == "application/pdf" else None


def _query() -> dict[str, object]:
    """Return a keyed hash of what was asked for: the same question can be told again, not read."""
    asked = request.query_string.decode(errors="replace")
    return {"query": keys_of(sessions().engine).hidden(asked)} if asked else {}
