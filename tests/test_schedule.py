"""The schedule: what repeats starts at once, is never skipped, and survives faults."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram.ext import Application, Job
from telegram.warnings import PTBUserWarning

from bot.sandbox import Sandbox
from bot.schedule import Schedule
from bot.speaker import RunningApplication, TelegramSpeaker
from tests.captured_logs import captured_logs

TOKEN = "8420000001:invented-token-of-thirty-letters"
CANARY = "Kanarie Jansen"


def registered(speaker: TelegramSpeaker) -> tuple[Job[Any], ...]:
    """The jobs of the library's queue."""
    queue = speaker.application.job_queue
    assert queue is not None
    return queue.jobs()


async def test_jobs_start_with_the_speaker_and_survive_faults() -> None:
    """A job runs when the speaker starts; one that fails is logged by class and stays."""
    ran = asyncio.Event()

    async def good() -> None:
        ran.set()

    async def bad() -> None:
        raise ValueError(CANARY)

    with captured_logs() as lines:
        async with Sandbox.started(seed=1) as sandbox:
            speaker = TelegramSpeaker(TOKEN, sandbox.url)
            schedule = Schedule(speaker.application)
            schedule.every(3600, "bad_job", bad)
            schedule.every(3600, "good_job", good)
            await speaker.start()
            async with asyncio.timeout(10):
                await ran.wait()
            jobs = registered(speaker)
            await speaker.stop()
    assert sorted(job.name or "" for job in jobs) == ["bad_job", "good_job"]
    assert "event=job_failed job=bad_job error=ValueError place=bot/schedule.py:" in (
        lines.getvalue()
    )
    assert "Kanarie" not in lines.getvalue()


def test_late_jobs_run_once() -> None:
    """A job that is late still runs, once for all the times it missed, never beside itself."""
    speaker = TelegramSpeaker(TOKEN, "http://127.0.0.1:9")

    async def call() -> None:
        return

    Schedule(speaker.application).every(10, "some_job", call)
    (job,) = registered(speaker)
    rules = (job.job.misfire_grace_time, job.job.coalesce, job.job.max_instances)
    assert rules == (None, True, 1)


def test_a_schedule_needs_a_clock() -> None:
    """An application without a job queue is refused at once."""
    without: RunningApplication = Application.builder().token(TOKEN).job_queue(None).build()
    with pytest.warns(PTBUserWarning), pytest.raises(RuntimeError):
        Schedule(without)
