"""The temporary folders of a sandbox's bot, and the environment that points it at them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

_INHERITED = frozenset({"DUIDER_LANGUAGE", "DUIDER_TIMEZONE", "DUIDER_LOG_LEVEL"})
_TOKEN = "8420000001:sandbox-token-that-opens-nothing"  # noqa: S105 - valid in form only


class Household:
    """A folder of mode 0700 with data and keys, removed when the context ends."""

    def __init__(self, surroundings: Mapping[str, str]) -> None:
        """Keeps the environment variables that the bot may inherit."""
        self._surroundings = surroundings
        self.folder = Path(tempfile.mkdtemp(prefix="duider-sandbox-"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def empty(self) -> None:
        """Removes everything the bot stored."""
        for part in self.folder.iterdir():
            if part.is_dir():
                shutil.rmtree(part)
            else:
                part.unlink()

    def environment(self, url: str) -> dict[str, str]:
        """The bot's environment: the sandbox as its Telegram, these folders as its storage."""
        kept = {
            name: value
            for name, value in self._surroundings.items()
            if not name.startswith("DUIDER_") or name in _INHERITED
        }
        return {
            **kept,
            "DUIDER_TELEGRAM_TOKEN": _TOKEN,
            "DUIDER_TELEGRAM_API_URL": url,
            "DUIDER_DATA": str(self.folder / "data"),
            "DUIDER_KEY_FILE": str(self.folder / "keys" / "master.key"),
            "DUIDER_EPOCHS": str(self.folder / "keys" / "epochs"),
        }
