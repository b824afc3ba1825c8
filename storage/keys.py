"""The master key on disk and the sub-keys derived from it."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.faults import KeyProblem
from storage.folder import DATABASE

KEY_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """The master key; its representation shows nothing."""

    master: bytes

    def __repr__(self) -> str:
        """Nothing of the key."""
        return "Keys(...)"

    def derive(self, label: str, length: int = 32) -> bytes:
        """A sub-key for one purpose: HKDF-SHA256 with the label as context."""
        info = b"duider:" + label.encode("ascii")
        return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self.master)

    @property
    def check(self) -> bytes:
        """16 bytes that recognise the key without telling it; stored beside the data."""
        return self.derive("check", 16)


def open_keys(
    key_file: Path, folder: Path, randomness: Callable[[int], bytes] = secrets.token_bytes
) -> Keys:
    """Read the master key; make it when neither it nor a database in ``folder`` exists yet.

    Raises KeyProblem, with one line that names DUIDER_KEY_FILE and the mend.
    """
    if key_file.resolve().is_relative_to(folder.resolve()):
        raise KeyProblem(
            f"DUIDER_KEY_FILE: {key_file} lies inside the data folder, where a stolen copy of the "
            "data would bring its key along; move it elsewhere."
        )
    try:
        return _read(key_file)
    except FileNotFoundError:
        if (folder / DATABASE).exists():
            raise KeyProblem(
                f"DUIDER_KEY_FILE: {key_file} is missing, and the data in {folder} cannot be read "
                "without it; put the key file back."
            ) from None
    except OSError:
        raise KeyProblem(
            f"DUIDER_KEY_FILE: {key_file} cannot be read by this user; check its owner and folder."
        ) from None
    try:
        _make(key_file, randomness(KEY_BYTES))
        return _read(key_file)
    except OSError:
        raise KeyProblem(
            f"DUIDER_KEY_FILE: {key_file} cannot be made; choose a folder this user may write to."
        ) from None


def _read(key_file: Path) -> Keys:
    with key_file.open("rb") as opened:
        about = os.fstat(opened.fileno())
        if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid():
            raise KeyProblem(
                f"DUIDER_KEY_FILE: {key_file} must be a file owned by the user who runs duider."
            )
        if stat.S_IMODE(about.st_mode) & ~stat.S_IRUSR:
            raise KeyProblem(
                f"DUIDER_KEY_FILE: {key_file} is open to more than reading by its owner; "
                f"run: chmod 0400 {key_file}"
            )
        master = opened.read(KEY_BYTES + 1)
    if len(master) != KEY_BYTES:
        raise KeyProblem(
            f"DUIDER_KEY_FILE: {key_file} does not hold {KEY_BYTES} bytes; put the right file back."
        )
    return Keys(master)


def _make(key_file: Path, master: bytes) -> None:
    """Write the key so that it is there whole and durable, or not at all."""
    key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = key_file.with_name(f"{key_file.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    try:
        with os.fdopen(handle, "wb") as opened:
            os.fchmod(opened.fileno(), 0o400)
            opened.write(master)
            opened.flush()
            os.fsync(opened.fileno())
        try:
            key_file.hardlink_to(draft)
        except FileExistsError:
            return  # another process was first: its key counts
    finally:
        draft.unlink()
    parent = os.open(key_file.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
