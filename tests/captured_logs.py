"""Everything that this process logs, for as long as a test looks."""

from __future__ import annotations

import io
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot import logs


@contextmanager
def captured_logs() -> Iterator[io.StringIO]:
    """All loggers at their lowest level, written our way; everything is put back afterwards."""
    root, hooks = logging.root, (sys.excepthook, sys.unraisablehook, threading.excepthook)
    handlers, level, raises = root.handlers[:], root.level, logging.raiseExceptions
    stream = io.StringIO()
    logs.setup("DEBUG", stream)
    root.setLevel(1)
    try:
        yield stream
    finally:
        logs.setup("INFO")
        structlog.reset_defaults()
        logging.captureWarnings(capture=False)
        root.handlers[:], logging.raiseExceptions = handlers, raises
        root.setLevel(level)
        sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
