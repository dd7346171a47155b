"""Help: how each screen works, in the screen's own words; the keys; the words of the trade."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, Flask, abort, render_template, request

from tracker.domain.access import Action
from tracker.domain.due import CLOCKS
from tracker.domain.statuses import CLOSE_REASONS, STATUSES
from tracker.knowledge import load
from tracker.reports.denial_page import GROUPS
from tracker.web.access import needs

blueprint = Blueprint("guides", __name__, url_prefix="/help")

TOPICS: Mapping[str, str] = MappingProxyType(
    {
        "queue": "Work queue",
        "denial": "A denial",
        "log": "Log a denial",
        "import": "Import files",
        "letter": "Appeal letter",
        "packet": "Packet",
        "appeals": "Appeals and outcomes",
        "insights": "Insights",
        "payers": "Payers and limits",
        "templates": "Templates and rules",
        "settings": "Settings",
        "keys": "Keys",
        "words": "Words",
    }
)

# The page of help of each part of the product; a part without one leads to the list of all.
_OF_PART: Mapping[str, str] = MappingProxyType(
    {
        "queue": "queue", "saved_views": "queue", "digest": "queue",
        "denials": "denial", "denial_clock": "denial", "asking": "denial", "comparing": "denial", "claims": "denial",
        "patients": "denial", "merging": "denial", "notes": "denial", "document_notes": "denial", "protected_notes": "denial", "records_requests": "denial",
        "log": "log", "imports": "import", "quarantine": "import", "takebacks": "import",
        "letters": "letter", "letter_texts": "letter", "letter_batches": "letter", "signatures": "letter",
        "packet": "packet", "packets": "packet", "appeals": "appeals", "insights": "insights",
        "payers": "payers", "payer_limits": "payers", "payer_merging": "payers", "thresholds": "payers",
        "templates": "templates", "template_versions": "templates", "rules": "templates", "check": "templates",
        "settings": "settings", "account": "settings", "users": "settings", "letterhead": "settings",
        "emergency": "settings", "signing": "settings", "own_numbers": "settings", "api_tokens": "settings", "audit": "settings",
    }
)  # fmt: skip


@blueprint.get("")
@needs(Action.OWN_ACCOUNT)
def index() -> str:
    """List the pages of help."""
    return render_template("help/index.html", topics=TOPICS)


@blueprint.get("/<topic>")
@needs(Action.OWN_ACCOUNT)
def show(topic: str) -> str:
    """Show how a screen works."""
    if topic not in TOPICS:
        abort(404)
    return render_template(
        "help/show.html",
        topic=topic,
        title=TOPICS[topic],
        topics=TOPICS,
        root_causes=sorted(load().root_causes.values(), key=lambda cause: cause.title) if topic == "words" else (),
        clocks=CLOCKS.values(),
        statuses=STATUSES.values(),
        close_reasons=CLOSE_REASONS.values(),
        groups=GROUPS,
    )


def topic_of_page() -> str:
    """Return the page of help of the screen that is shown; empty where there is none of its own."""
    return _OF_PART.get(request.blueprint or "", "")


def init_app(app: Flask) -> None:
    """Let every page link to its help."""
    app.context_processor(lambda: {"help_topic": topic_of_page, "help_topics": TOPICS})
