"""Papers kept with denials and requests: to download, and their pages as pictures."""

from flask import Blueprint, Response, abort, g
from sqlalchemy import select
from sqlalchemy.orm import defer

from tracker.domain.access import Action
from tracker.models import Attachment
from tracker.reports.packet_page import kept_picture
from tracker.services.denial_files import TITLES
from tracker.web.access import needs
from tracker.web.appeals import ENDINGS

blueprint = Blueprint("papers", __name__)


def _find(public_id: str) -> Attachment:
    query = select(Attachment).where(Attachment.public_id == public_id, Attachment.kind.in_(TITLES))
    found: Attachment | None = g.session.scalar(query.options(defer(Attachment.content)))
    if found is None:
        abort(404)
    return found


@blueprint.get("/papers/<public_id>")
@needs(Action.WORK_QUEUE)
def download(public_id: str) -> Response:
    """Return a paper, to download."""
    paper = _find(public_id)
    headers = {"Content-Disposition": f'attachment; filename="{paper.kind}.{ENDINGS.get(paper.content_type, "pdf")}"'}
    return Response(paper.content, content_type=paper.content_type, headers=headers)


@blueprint.get("/papers/<public_id>/<int:number>.jpg")
@needs(Action.WORK_QUEUE)
def picture(public_id: str, number: int) -> Response:
    """Return a small picture of a page of a paper."""
    found = kept_picture(_find(public_id), number) if number > 0 else None
    if found is None:
        abort(404)
    return Response(found, content_type="image/jpeg")
