"""Logs: what may be in a line, and that nothing else can get there."""

from __future__ import annotations

import ast
import asyncio
import io
import json
import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import logs
from tests.captured_logs import captured_logs

CANARY = "Kanarie-Jansen"
HOUSE = Path(logs.__file__).resolve().parent.parent
LEVELS = {"debug", "info", "warning", "error", "critical", "exception", "log"}


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, at the lowest level."""
    with captured_logs() as stream:
        yield stream


def test_fields_outside_the_list_are_dropped(lines: io.StringIO) -> None:
    """Only allowed fields stay, and only with a value of the expected shape."""
    logs.logger().info("tested", update=5, seconds=0.5, text=CANARY, name=CANARY, count=CANARY)
    line = lines.getvalue()
    assert line.endswith("level=info event=tested update=5 seconds=0.5\n")
    assert CANARY not in line


def test_free_text_is_no_event(lines: io.StringIO) -> None:
    """An event is one snake-case word; anything else becomes `unnamed`."""
    log = logs.logger()
    typed = f"said {CANARY}"
    log.info(typed)
    log.info("said %s", CANARY)
    log.info("Hallo", kind=CANARY, job=f"a {CANARY}", place=CANARY, logger=f"{CANARY} x")
    log.info("said", error=CANARY, cause=CANARY, level=CANARY, time=CANARY)
    assert CANARY not in lines.getvalue()
    assert lines.getvalue().count("event=unnamed\n") == 3


def test_exceptions_show_class_and_place(lines: io.StringIO) -> None:
    """Of an exception remain its class, its cause's class, and the innermost line of ours."""
    log = logs.logger()
    try:
        logs.setup(CANARY)
    except KeyError as error:
        log.warning("refused", error=error)
        log.exception("refused")
    try:
        try:
            int(CANARY)
        except ValueError as inner:
            raise RuntimeError(CANARY) from inner
    except RuntimeError as error:
        log.warning("refused", error=error)
    own, again, foreign = lines.getvalue().splitlines()
    assert "error=KeyError place=bot/logs.py:" in own
    assert "error=KeyError place=bot/logs.py:" in again
    assert foreign.endswith("error=RuntimeError cause=ValueError")
    assert CANARY not in lines.getvalue()


def test_lines_can_be_json(lines: io.StringIO) -> None:
    """For machines each line is a JSON object with the same fields."""
    logs.setup("INFO", lines, as_json=True)
    logs.logger().info("tested", update=5)
    assert json.loads(lines.getvalue())["update"] == 5


def test_level_is_obeyed(lines: io.StringIO) -> None:
    """Lines below the chosen level are not written."""
    logs.setup("WARNING", lines)
    logs.logger().info("tested")
    logs.logger().warning("told")
    assert "tested" not in lines.getvalue()
    assert "told" in lines.getvalue()


def test_any_structlog_logger_is_safe(lines: io.StringIO) -> None:
    """A logger obtained from structlog itself obeys the same list."""
    structlog.get_logger("x").info("tested", text=CANARY)
    assert "tested" in lines.getvalue()
    assert CANARY not in lines.getvalue()


@pytest.mark.parametrize(
    "name", ["aiogram.event", "telegram.ext", "httpx", "aiohttp.access", "apscheduler", "asyncio"]
)
@pytest.mark.parametrize("level", [5, logging.DEBUG, logging.INFO, 25, logging.ERROR])
def test_libraries_show_only_names(lines: io.StringIO, name: str, level: int) -> None:
    """Whatever a library says, at whatever level, only its name and the place are written."""
    library = logging.getLogger(name)
    before = library.level
    library.setLevel(1)
    try:
        try:
            int(CANARY)
        except ValueError:
            library.log(level, "got %s and %d", CANARY, CANARY, exc_info=True, stack_info=True)
    finally:
        library.setLevel(before)
    assert CANARY not in lines.getvalue()
    assert lines.getvalue().count("\n") == 1
    assert f"event=library_report logger={name} place=test_logs:" in lines.getvalue()
    assert "error=ValueError" in lines.getvalue()


def test_handlers_of_libraries_are_taken_away(lines: io.StringIO) -> None:
    """A handler that a library installed before does not print beside ours."""
    library = logging.getLogger("a_library_with_its_own_handler")
    own = io.StringIO()
    library.addHandler(logging.StreamHandler(own))
    library.propagate = False
    logs.setup("DEBUG", lines)
    library.warning(CANARY)
    assert own.getvalue() == ""
    assert "logger=a_library_with_its_own_handler" in lines.getvalue()


def test_warnings_show_only_their_existence(lines: io.StringIO) -> None:
    """The text of a warning stays out as well."""
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn(CANARY, stacklevel=1)
        logging.captureWarnings(capture=False)
    assert "logger=py.warnings" in lines.getvalue()
    assert CANARY not in lines.getvalue()


def test_uncaught_exceptions_show_their_class(lines: io.StringIO) -> None:
    """What nobody catches, in the main thread or another, is logged without its text."""
    error = ValueError(CANARY)
    sys.excepthook(ValueError, error, None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    thread = threading.Thread(target=int, args=(CANARY,))
    thread.start()
    thread.join()
    assert CANARY not in lines.getvalue()
    events = [line.split("event=")[1] for line in lines.getvalue().splitlines()]
    assert events == ["uncaught error=ValueError", "uncaught_in_thread error=ValueError"]


async def test_lost_exceptions_of_a_loop_show_their_class(lines: io.StringIO) -> None:
    """The loop's report on a task or callback that failed keeps its text to itself."""
    loop = asyncio.get_running_loop()
    logs.watch(loop)
    loop.call_exception_handler({"message": CANARY, "exception": ValueError(CANARY)})
    loop.call_exception_handler({"message": CANARY})
    assert CANARY not in lines.getvalue()
    assert "event=lost_in_loop error=ValueError\n" in lines.getvalue()


def test_a_broken_stream_stops_nothing(lines: io.StringIO) -> None:
    """When nobody can read the log any more the bot goes on."""
    lines.close()
    logs.logger().info("tested")
    logs.setup("DEBUG", io.StringIO())


def test_no_core_dumps() -> None:
    """A process that forbids them has no core file limit left and is not dumpable."""
    script = (
        "import ctypes, resource\n"
        "from bot.logs import forbid_core_dumps\n"
        "forbid_core_dumps()\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    ran = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script], cwd=HOUSE, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "0 0\n" or sys.platform != "linux"


def test_an_uncaught_exception_ends_a_process_in_one_line() -> None:
    """No traceback reaches a user when a process dies."""
    script = f"from bot import logs\nlogs.setup()\nint({CANARY!r})"
    ran = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script], cwd=HOUSE, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert ran.stderr.endswith("level=critical event=uncaught error=ValueError\n")
    assert ran.stderr.count("\n") == 1


def test_events_are_constants() -> None:
    """In our code every event is a literal, so that no value can pass for an event's name."""
    for room in ("bot", "flows", "storage"):
        for path in sorted((HOUSE / room).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                    continue
                target = call.func.value
                if not (isinstance(target, ast.Name) and target.id.lower().strip("_") == "log"):
                    continue
                if call.func.attr in LEVELS:
                    event = call.args[1 if call.func.attr == "log" else 0]
                    assert isinstance(event, ast.Constant), f"{path}:{call.lineno}"
