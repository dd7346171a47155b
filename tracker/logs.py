"""The server's own log: where and when, never what a page said (security.md C-40)."""

import json
import logging
import sys
import time

REQUESTS = "tracker.requests"


class JsonLines(logging.Formatter):
    """One JSON object a line: time in UTC, level, logger, message, and the fields a record carries."""

    converter = time.gmtime  # type: ignore[assignment]  # the way the library documents

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%SZ"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            line["fault"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)  # control characters cannot break a line


def set_up(kind: str) -> None:
    """Send the log to standard error as "text" for a terminal or "json" for a collector, requests included."""
    handler = logging.StreamHandler(sys.stderr)
    if kind == "json":
        handler.setFormatter(JsonLines())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        logging.getLogger(REQUESTS).setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("alembic").setLevel(logging.WARNING)
