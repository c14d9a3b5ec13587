"""The log as JSON, one object per line."""

import json
import logging
from datetime import UTC, datetime


class JsonLine(logging.Formatter):
    """Writes when, how bad, from where, what, and the trace of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
