"""Logs: readable on a terminal, JSON otherwise; never a name, a password or what somebody typed."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

PERSONAL = frozenset({"name", "username", "password", "token", "body", "reason", "detail"})
Event = MutableMapping[str, Any]


def configure() -> None:
    """Set up logging for this process; what libraries say goes the same way."""
    pretty = sys.stderr.isatty()
    renderer: Any = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_personal_data,
            without_nothing,
            without_messages,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[OfLibraries()], level=logging.WARNING, force=True)


class OfLibraries(logging.Handler):
    """Passes on what libraries say: the sentence with its numbers; other values may quote what somebody typed."""

    def emit(self, record: logging.LogRecord) -> None:
        """Log a record of the standard library's logging."""
        said = record.msg.strerror if isinstance(record.msg, OSError) else record.msg
        sentence = _filled(said, record.args).partition("\n")[0] if isinstance(said, str) else type(said).__name__
        structlog.get_logger().log(record.levelno, sentence, logger=record.name, exc_info=record.exc_info)


class _Unsaid(str):
    """What stands for a value, however it is formatted."""

    __slots__ = ()
    __repr__ = str.__str__


def _filled(sentence: str, values: Any) -> str:
    """Fill a sentence in: a number as it is, an error by its kind, of anything else that there was something."""
    if not values:
        return sentence
    safe = {k: _safe(v) for k, v in values.items()} if isinstance(values, Mapping) else tuple(map(_safe, values))
    try:
        return sentence % safe
    except (TypeError, ValueError, KeyError):
        return sentence


def _safe(value: Any) -> Any:
    if isinstance(value, int | float):
        return value
    return _Unsaid(type(value).__qualname__ if isinstance(value, BaseException) else "…")


def without_personal_data(_logger: Any, _method: str, event: Event) -> Event:
    """Drop what could name a person or quote her."""
    return {key: value for key, value in event.items() if key not in PERSONAL}


def without_nothing(_logger: Any, _method: str, event: Event) -> Event:
    """Drop what is not known."""
    return {key: value for key, value in event.items() if value is not None}


def without_messages(_logger: Any, _method: str, event: Event) -> Event:
    """Tell of an error its kind and the way it came, never its message: messages quote values."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    if isinstance(error, BaseException):
        event["exception"] = "".join(_told(error))
    return event


def _told(error: BaseException) -> list[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    way = traceback.format_list(traceback.extract_tb(error.__traceback__))
    return [*(_told(before) if before else ()), *way, f"{type(error).__module__}.{type(error).__qualname__}\n"]
