"""One JSON object per line, control characters escaped, no personal data added; some pages leave no line at all."""

import json
import logging
from collections.abc import Mapping

NOBODYS = "/box/"  # pages at which nobody is known (config.middleware.NobodyMiddleware)


class JsonFormatter(logging.Formatter):
    def format(self, record):
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class NobodysPages(logging.Filter):
    """Keeps the pages of anonymous boxes out of an access log, whatever its format."""

    def filter(self, record):
        told = record.args.values() if isinstance(record.args, Mapping) else record.args or ()
        return not any(NOBODYS in str(part) for part in (record.msg, *told))


def keep_quiet() -> None:
    """For the access logs of our own web servers, where somebody has switched one on."""
    for name in ("gunicorn.access", "django.server"):
        log = logging.getLogger(name)
        if not any(isinstance(one, NobodysPages) for one in log.filters):
            log.addFilter(NobodysPages())
