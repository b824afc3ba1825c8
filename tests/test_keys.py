"""The master key and what is derived from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from storage import folder
from storage.connection import check_key
from storage.database import Database
from storage.errand import opened
from storage.faults import KeyProblem
from storage.identifiers import Identifiers, NameProblem
from storage.keys import KEY_BYTES, Keys, open_keys
from tests.storage_room import IDENTIFIERS, KEYS, WORDS, store_in


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """Where the key goes."""
    return tmp_path / "keys" / "master.key"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where the data go."""
    return tmp_path / "data"


def write(key_file: Path, content: bytes, mode: int) -> None:
    """Put a key file in place."""
    key_file.parent.mkdir()
    key_file.write_bytes(content)
    key_file.chmod(mode)


def test_the_key_is_made_once(key_file: Path, data: Path) -> None:
    """A first start makes a key only its owner may read; the next start reads the same."""
    made = open_keys(key_file, data)
    assert key_file.stat().st_mode & 0o777 == 0o400
    assert key_file.parent.stat().st_mode & 0o777 == 0o700
    assert len(made.master) == KEY_BYTES
    assert open_keys(key_file, data, randomness=bytes) == made
    assert [entry.name for entry in key_file.parent.iterdir()] == ["master.key"]


def test_a_missing_key_stops_when_data_exist(key_file: Path, data: Path) -> None:
    """No new key is made for data that it could not read."""
    folder.prepare(data)
    with pytest.raises(KeyProblem, match=r"^DUIDER_KEY_FILE: .* is missing"):
        open_keys(key_file, data)
    assert not key_file.exists()


@pytest.mark.parametrize("mode", [0o600, 0o440, 0o404, 0o500, 0o444])
def test_a_loose_mode_stops(key_file: Path, data: Path, mode: int) -> None:
    """A key that others may read, or that may be overwritten, is refused with the mend."""
    write(key_file, bytes(KEY_BYTES), mode)
    with pytest.raises(KeyProblem, match=r"^DUIDER_KEY_FILE: .*chmod 0400"):
        open_keys(key_file, data)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_stops(key_file: Path, data: Path, length: int) -> None:
    """A truncated or foreign file is not taken for a key."""
    write(key_file, bytes(length), 0o400)
    with pytest.raises(KeyProblem, match=r"^DUIDER_KEY_FILE: .* 32 bytes"):
        open_keys(key_file, data)


def test_a_folder_is_no_key(key_file: Path, data: Path) -> None:
    """A folder in place of the key is refused in one line."""
    key_file.mkdir(parents=True)
    with pytest.raises(KeyProblem, match=r"^DUIDER_KEY_FILE: "):
        open_keys(key_file, data)


def test_the_key_lies_outside_the_data(data: Path) -> None:
    """A key inside the data folder would be stolen along with the data."""
    with pytest.raises(KeyProblem, match="inside the data folder"):
        open_keys(data / "keys" / "master.key", data)


def test_a_wrong_key_stops(data: Path) -> None:
    """Data made with another key are refused by the bot and by short commands, unchanged."""
    with store_in(data) as store:
        check_key(store, KEYS)
    other = Keys(bytes(KEY_BYTES))
    with pytest.raises(KeyProblem, match="not the key"):
        Database.open(data, other, WORDS)
    with pytest.raises(KeyProblem, match="not the key"), opened(data, other, WORDS):
        pass
    with store_in(data) as store:
        check_key(store, KEYS)


def test_the_key_does_not_show() -> None:
    """The representation of keys tells nothing."""
    assert repr(KEYS) == "Keys(...)"


def test_sub_keys_differ_by_label() -> None:
    """Every purpose has a key of its own, and none is the master key."""
    derived = {KEYS.derive(label) for label in ("person", "address", "button")}
    assert len(derived | {KEYS.master}) == 4
    assert KEYS.derive("person") == Keys(KEYS.master).derive("person")


def test_keyed_hashes_depend_on_key_and_purpose() -> None:
    """The same number gives other hashes as a person and as a bot, and with another key."""
    other = Identifiers(Keys(bytes(KEY_BYTES)))
    hashes = {IDENTIFIERS.person_key(7), IDENTIFIERS.bot_key(7), other.person_key(7)}
    assert len(hashes) == 3
    assert {len(each) for each in hashes} == {16}


@pytest.mark.parametrize("chat", [1, 2**52, -1_001_234_567_890])
def test_an_address_opens_only_for_its_person(chat: int) -> None:
    """A sealed chat id comes back for its own person and fails in another's row."""
    person = IDENTIFIERS.person_key(7)
    sealed = IDENTIFIERS.seal_address(chat, person)
    assert len(sealed) == 36
    assert IDENTIFIERS.open_address(sealed, person) == chat
    with pytest.raises(InvalidTag):
        IDENTIFIERS.open_address(sealed, IDENTIFIERS.person_key(8))


@pytest.mark.parametrize("name", ["AB", "Team Noord", "Jöngerenwerk Zuid", "\U0001f600" * 32])
def test_a_name_is_sealed_at_one_length(name: str) -> None:
    """Every name fits, comes back, and is as long as any other when sealed."""
    sealed = IDENTIFIERS.seal_name(name)
    assert len(sealed) == 156
    assert IDENTIFIERS.open_name(sealed, IDENTIFIERS.name_key(name)) == name


def test_a_name_is_found_in_any_spelling() -> None:
    """Capitals, width and spaces make no other name."""
    assert IDENTIFIERS.name_key("Team  NOORD ") == IDENTIFIERS.name_key("team ｎoord")


@pytest.mark.parametrize("name", ["", "A", "x" * 33, "Te\0am", "Te\u202eam", "   "])
def test_a_bad_name_is_refused_without_repeating_it(name: str) -> None:
    """Names that are too short, too long or partly invisible are refused."""
    with pytest.raises(NameProblem) as problem:
        IDENTIFIERS.seal_name(name)
    assert str(problem.value) == "A name has 2 to 32 characters, all of them visible."


def test_any_typed_code_can_be_looked_up() -> None:
    """A lone surrogate, as JSON can bring it, does not fail."""
    assert len(IDENTIFIERS.code_key("\ud800")) == 16
