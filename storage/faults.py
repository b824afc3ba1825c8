"""What can go wrong in the storage room; no message ever repeats a stored value."""

from __future__ import annotations


class StorageError(Exception):
    """The work was not committed: nothing of it is stored, and it may be tried again."""


class Unstorable(StorageError):
    """One unit asks for what the tables forbid; trying it again does not help."""


class StartProblem(Exception):
    """The bot must not start; the message is one line that names what is wrong and the mend."""


class KeyProblem(StartProblem):
    """The master key is missing, too widely readable, malformed, or not the key of these data."""


class AnotherBot(StartProblem):
    """The data belong to another Telegram bot."""


class AlreadyRunning(StartProblem):
    """Another bot process holds the data folder."""


class NewerData(StartProblem):
    """The data were written by a newer version of the program."""
