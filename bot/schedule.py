"""The clock of what repeats: python-telegram-bot's job queue. The plan itself is stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from telegram.ext import Application, CallbackContext, JobQueue

from bot.logs import logger

# Late is better than skipped, once is enough, and never two at a time.
_RULES: dict[str, Any] = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}

log = logger()


class Schedule:
    """Calls what is registered for as long as the speaker's application runs."""

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        if application.job_queue is None:
            raise RuntimeError("the application was built without a job queue")
        self._jobs: JobQueue[Any] = application.job_queue

    def every(self, seconds: float, name: str, call: Callable[[], Awaitable[None]]) -> None:
        """Call at the start and then every so many seconds; a fault is logged by its class and
        does not stop what comes after. `name` is one snake-case word for the log."""

        async def run(_context: CallbackContext[Any, Any, Any, Any]) -> None:
            try:
                await call()
            except Exception:
                log.exception("job_failed", job=name)

        # The library's own "first" is missed when the application starts after it.
        rules = {**_RULES, "next_run_time": datetime.now(UTC)}
        self._jobs.run_repeating(run, interval=seconds, name=name, job_kwargs=rules)
