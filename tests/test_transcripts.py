"""Plays the transcripts, and rewrites them when REWRITE_TRANSCRIPTS is set: then read each one."""

from __future__ import annotations

import asyncio
import difflib
import os
from pathlib import Path

import pytest

from tests.transcript import play, read

FOLDER = Path(__file__).parent / "transcripts"
FILES = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_transcript(path: Path, tmp_path: Path) -> None:
    """The conversation goes as it is written down."""
    expected = path.read_text(encoding="utf-8")
    played = asyncio.run(play(read(path), tmp_path))
    if os.environ.get("REWRITE_TRANSCRIPTS"):
        path.write_text(played, encoding="utf-8")
        return
    if played != expected:
        lines = difflib.unified_diff(
            expected.splitlines(), played.splitlines(), "written", "played", lineterm="", n=4
        )
        pytest.fail("\n".join(lines), pytrace=False)


def test_there_are_transcripts() -> None:
    """The folder is found, wherever the tests are started."""
    assert len(FILES) >= 20
