"""Logging: one structured line for each outcome, ours and the libraries' alike.

Titles and errors are other people's words: what steers a terminal, turns the direction of writing or hides is escaped.
"""

import io
import logging
import re
import sys
from typing import Any, TextIO

import structlog

from service.settings import LogSettings

_HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"
)
_QUOTED = frozenset(" \t=\r\n\"'")
_as_json = structlog.processors.JSONRenderer(ensure_ascii=False)


def configure(settings: LogSettings) -> None:
    """Send every log line to standard error, for eyes or as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderers: list[structlog.typing.Processor]
    if settings.format == "json":
        renderers = [structlog.processors.format_exc_info, _json]
    else:
        console = structlog.dev.ConsoleRenderer(
            pad_event_to=12, colors=sys.stderr.isatty(), exception_formatter=_traceback
        )
        renderers = [_values_escaped, console]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.level.upper())),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderers],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level.upper())
    # The libraries' routine is not ours to tell; what they warn of is.
    for name in ("scrapy", "twisted", "apscheduler", "uvicorn", "asyncio", "aiosqlite", "sqlalchemy", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # They warn of each limit that an answer meets, and so do we, at the source that met it.
    for name in ("scrapy.core.downloader.handlers.http11", "scrapy.downloadermiddlewares.httpcompression"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _escaped(text: str) -> str:
    """The text with each character of that sort as JSON and Python write it."""
    return _HIDDEN.sub(lambda found: "".join(f"\\u{unit:04x}" for unit in _units(found.group())), text)


def _units(character: str) -> tuple[int, ...]:
    """Its UTF-16 code units."""
    code = ord(character)
    return (code,) if code < 0x10000 else (0xD800 + (code - 0x10000 >> 10), 0xDC00 + (code & 0x3FF))


def _json(logger: Any, name: str, event: structlog.typing.EventDict) -> str:
    return _escaped(str(_as_json(logger, name, event)))


def _values_escaped(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """For eyes, before colours are added; the renderer quotes, and thereby escapes, what has spaces or is no text."""
    return {
        key: _escaped(value) if isinstance(value, str) and (key == "event" or not _QUOTED & set(value)) else value
        for key, value in event.items()
    }


def _traceback(out: TextIO, exc_info: structlog.typing.ExcInfo) -> None:
    """Without the variables of each frame, which other formatters print: some hold a secret."""
    told = io.StringIO()
    structlog.dev.plain_traceback(told, exc_info)
    out.write(_escaped(told.getvalue()))
