"""Who and what of an export is known here already: people by their sign-in name, payers by what they are."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.models import Base, Payer, User
from tracker.models.base import new_id, new_public_id
from tracker.services.payers import plain_name
from tracker.services.users import find_user


class Matched(NamedTuple):
    """Ids of here by ids of the file; ``made`` are those made new, ``names`` of all."""

    ids: dict[int, int]
    made: frozenset[int]
    names: Mapping[int, str]


def match_people(session: Session, told: Iterable[Mapping[str, Any]]) -> Matched:
    """Return the people of an export: known by sign-in name, else added without a password and disabled.

    They stand beside what they did; whether they may sign in is decided here.
    """
    ids, made, names = {}, set(), {}
    for row in told:
        user = find_user(session, row["login"])
        if user is None:
            user = User(
                id=_free_id(session, User, row["id"]), public_id=_free_public_id(session, User, row["public_id"]),
                login=row["login"].strip(), name=row["name"], is_active=False,
            )  # fmt: skip
            session.add(user)
            session.flush()
            made.add(user.id)
        ids[row["id"]] = user.id
        names[user.id] = user.login
    return Matched(ids, frozenset(made), names)


def match_payers(session: Session, told: Iterable[Mapping[str, Any]]) -> Matched:
    """Return the payers of an export: the same one by its public id, else by payer id and name; else added.

    A payer of here stands for one of the file at most: a practice's settings for two do not become settings for one.
    """
    here = list(session.scalars(select(Payer).order_by(Payer.id)))
    ids, made, names = {}, set(), {}
    for row in told:
        payer = next((each for each in here if _is_same(each, row)), None)
        if payer is None:
            public_id = _free_public_id(session, Payer, row["public_id"])
            payer = Payer(**{**row, "id": _free_id(session, Payer, row["id"]), "public_id": public_id})
            session.add(payer)
            session.flush()
            made.add(payer.id)
        else:
            here.remove(payer)
        ids[row["id"]] = payer.id
        names[payer.id] = payer.name
    return Matched(ids, frozenset(made), names)


def _is_same(payer: Payer, told: Mapping[str, Any]) -> bool:
    if payer.public_id == told["public_id"]:
        return True
    codes = {payer.payer_code, told["payer_code"]} - {""}
    return plain_name(payer.name) == plain_name(told["name"]) and len(codes) <= 1


def _free_id(session: Session, model: type[Base], row_id: int) -> int:
    return row_id if session.get(model, row_id) is None else new_id()


def _free_public_id(session: Session, model: type[User | Payer], public_id: str) -> str:
    taken = session.scalar(select(model.id).where(model.public_id == public_id)) is not None
    return new_public_id() if taken else public_id
