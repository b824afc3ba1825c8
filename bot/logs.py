"""Logs that cannot repeat what anyone typed: an allow-list of fields, and names for the rest."""

from __future__ import annotations

import asyncio
import ctypes
import logging
import re
import resource
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

# What a line may hold; every other field is dropped, and so is a value of another shape.
_NUMBERS = frozenset({"update", "count", "seconds", "attempt", "port", "version", "days"})
_WORDS = {
    "event": re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII),
    "job": re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII),
    "kind": re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII),
    "logger": re.compile(r"[a-z][\w.]{0,63}", re.ASCII | re.IGNORECASE),
    "place": re.compile(r"[\w./-]{1,120}:\d+", re.ASCII),
}
_ROOT = Path(__file__).resolve().parent.parent
_ROOMS = frozenset({"bot", "flows", "storage"})
_PR_SET_DUMPABLE = 4


def logger() -> FilteringBoundLogger:
    """A logger for events in snake case: `log.info("update_committed", update=5)`.

    Give an exception as `error=`: its class and the innermost line of ours are written, never
    its text. Safe before `setup` as well.
    """
    made = structlog.wrap_logger(_Lines(), processors=_PROCESSORS, wrapper_class=_Bound)
    return cast("FilteringBoundLogger", made)


def setup(level: str = "INFO", stream: TextIO | None = None, as_json: bool = False) -> None:
    """Send all that logs, also libraries and uncaught exceptions, to a stream (default stderr)."""
    _WAY.threshold = logging.getLevelNamesMapping()[level]
    _WAY.stream = stream
    _WAY.render = structlog.processors.JSONRenderer() if as_json else _pairs
    structlog.configure(
        processors=_PROCESSORS, wrapper_class=_Bound, logger_factory=lambda *_names: _Lines()
    )
    logging.raiseExceptions = False
    logging.captureWarnings(capture=True)
    for known in logging.root.manager.loggerDict.values():
        if isinstance(known, logging.Logger):
            known.handlers.clear()
            known.propagate = True
    logging.root.handlers[:] = [NamesOnly()]
    # Below a warning, nothing that libraries tell is worth a line without its text.
    logging.root.setLevel(max(_WAY.threshold, logging.WARNING))
    sys.excepthook = _uncaught
    sys.unraisablehook = _uncaught_in_cleanup
    threading.excepthook = _uncaught_in_thread


def watch(loop: asyncio.AbstractEventLoop) -> None:
    """Log what a loop would print about lost exceptions by class only."""
    loop.set_exception_handler(_lost_in_loop)


def forbid_core_dumps() -> None:
    """Keep this process's memory, in which typed text lives, out of core files; on Linux also
    out of reach of other processes of the same user."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        _LOG.warning("memory_readable_by_same_user")


def describe(error: BaseException) -> dict[str, str]:
    """The class of an exception, of its cause, and the innermost line of ours it passed."""
    cause = error.__cause__
    facts = {
        "error": type(error).__qualname__,
        "cause": "" if cause is None else type(cause).__qualname__,
        "place": _place(error.__traceback__),
    }
    return {name: fact for name, fact in facts.items() if fact}


class NamesOnly(logging.Handler):
    """Tells of a standard record who logged, where and how badly, never what: the messages of
    libraries hold texts, addresses and the token."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        severity = next(
            (level for level in (50, 40, 30, 20) if record.levelno >= level), logging.DEBUG
        )
        error = record.exc_info[1] if record.exc_info else None
        place = f"{record.module}:{record.lineno}"
        _LOG.log(severity, "library_report", logger=record.name, place=place, error=error)


class _Way:
    """Which lines are written, how, and where to."""

    def __init__(self) -> None:
        self.threshold = logging.INFO
        self.stream: TextIO | None = None
        self.render: Callable[[WrappedLogger, str, EventDict], str | bytes] = _pairs


class _Lines:
    """Writes finished lines; structlog calls the method that is named after the level."""

    def msg(self, line: str) -> None:
        """Write one line; that nobody reads it any more must not stop the bot."""
        stream = _WAY.stream or sys.stderr
        try:
            stream.write(line + "\n")
            stream.flush()
        except (OSError, ValueError):
            return

    debug = info = warning = error = critical = msg


def _drop_low(_logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    if logging.getLevelNamesMapping()[method.upper()] < _WAY.threshold:
        raise structlog.DropEvent
    return event


def _keep_allowed(_logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    now = datetime.now(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    kept: dict[str, object] = {"time": f"{now}Z", "level": method, "event": "unnamed"}
    kept |= {name: value for name, value in event.items() if _allowed(name, value)}
    error = event.get("exc_info") or event.get("error")
    if error is True:
        error = sys.exc_info()[1]
    return kept | describe(error) if isinstance(error, BaseException) else kept


def _allowed(name: str, value: object) -> bool:
    if name in _NUMBERS:
        return isinstance(value, int | float)
    shape = _WORDS.get(name)
    return shape is not None and isinstance(value, str) and shape.fullmatch(value) is not None


def _pairs(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return " ".join(f"{name}={value}" for name, value in event.items())


def _rendered(wrapped: WrappedLogger, method: str, event: EventDict) -> str | bytes:
    return _WAY.render(wrapped, method, event)


def _place(trace: TracebackType | None) -> str:
    innermost = ""
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if path.is_relative_to(_ROOT) and (ours := path.relative_to(_ROOT)).parts[0] in _ROOMS:
            innermost = f"{ours.as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    return innermost


def _uncaught(
    kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt):
        _LOG.critical("uncaught", error=error)


def _uncaught_in_thread(lost: threading.ExceptHookArgs) -> None:
    _LOG.critical("uncaught_in_thread", error=lost.exc_value)


def _uncaught_in_cleanup(lost: sys.UnraisableHookArgs) -> None:
    _LOG.error("uncaught_in_cleanup", error=lost.exc_value)


def _lost_in_loop(_loop: asyncio.AbstractEventLoop, context: Mapping[str, object]) -> None:
    _LOG.error("lost_in_loop", error=context.get("exception"))


_Bound = structlog.make_filtering_bound_logger(logging.DEBUG)
_PROCESSORS: tuple[Processor, ...] = (_drop_low, _keep_allowed, _rendered)
_WAY = _Way()
_LOG = logger()
