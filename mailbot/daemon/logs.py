"""Logs: one dotted event a line and facts as keys; JSON unless a person is watching; always to stderr."""

import logging
import sys
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict, WrappedLogger

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(level: str = "info", stream: TextIO | None = None) -> None:
    """Set up structlog for this process; threads bind their own context (it is not inherited)."""
    target = stream or sys.stderr
    renderer: Any
    if target.isatty():
        renderer = structlog.dev.ConsoleRenderer(colors=True, pad_event_to=24)
    else:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            escape_controls,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, Unfailing(target))),
        cache_logger_on_first_use=False,
    )
    # APScheduler and others speak through logging: only what is wrong, and in our form.
    logging.basicConfig(handlers=[Forward()], level=logging.WARNING, force=True)
    # A look at the clocks that takes longer than the time between two is no fault; one that hangs is missed.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


class Unfailing:
    """A stream whose disk may be full and whose reader may be gone: then a line is missing, and no mail waits."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> None:
        with suppress(OSError, ValueError):
            self.stream.write(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self.stream.flush()


def escape_controls(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A subject or a server's answer cannot forge a line or steer a terminal (hazard 33)."""
    return {k: escaped(v) if isinstance(v, str) and k != "exception" else v for k, v in event.items()}


def escaped(text: str) -> str:
    """C0, C1, newlines and the Unicode line separators as `\\x1b`; a traceback, which is ours, is left alone."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


class Forward(logging.Handler):
    """Records of the standard logging module as events of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger(record.name)
        log.log(record.levelno, "library.said", said=record.getMessage(), exc_info=record.exc_info)
