"""Settings: defaults, precedence, and one line for every fault."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.settings import SettingProblem, Settings, load

TOKEN = "123456789:" + "AbCdEf_-" * 5


def problem(environ: dict[str, str], env_file: Path | None = None) -> str:
    """The line that refuses these settings."""
    with pytest.raises(SettingProblem) as refused:
        load(environ, env_file)
    line = str(refused.value)
    assert "\n" not in line
    return line


def test_defaults() -> None:
    """With nothing set, every default of the contract holds."""
    settings = load({}, None)
    assert settings == Settings.model_validate({})
    assert settings.token is None
    assert settings.api_url == "https://api.telegram.org"
    assert settings.data == Path("data")
    assert settings.key_file == Path("keys/master.key")
    assert settings.epochs == Path("keys/epochs")
    assert settings.timezone == ZoneInfo("Europe/Amsterdam")
    assert (settings.language, settings.log_level, settings.sandbox_port) == ("nl", "INFO", 8420)


def test_every_setting_is_read() -> None:
    """Each name of the contract reaches its field."""
    settings = load(
        {
            "DUIDER_TELEGRAM_TOKEN": TOKEN,
            "DUIDER_TELEGRAM_API_URL": "http://127.0.0.1:8081/",
            "DUIDER_DATA": "/srv/duider",
            "DUIDER_KEY_FILE": "/run/key",
            "DUIDER_EPOCHS": "/run/epochs",
            "DUIDER_TIMEZONE": "Europe/Brussels",
            "DUIDER_LANGUAGE": "en",
            "DUIDER_LOG_LEVEL": "debug",
            "DUIDER_SANDBOX_PORT": "9000",
            "HOME": "/root",
        },
        None,
    )
    assert settings.token is not None
    assert settings.token.get_secret_value() == TOKEN
    assert TOKEN not in repr(settings)
    assert settings.api_url == "http://127.0.0.1:8081"
    assert (settings.data, settings.key_file) == (Path("/srv/duider"), Path("/run/key"))
    assert settings.epochs == Path("/run/epochs")
    assert settings.timezone.key == "Europe/Brussels"
    assert (settings.language, settings.log_level, settings.sandbox_port) == ("en", "DEBUG", 9000)


def test_token_from_a_file(tmp_path: Path) -> None:
    """A token file serves as well, with or without a line end."""
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n", encoding="utf-8")
    settings = load({"DUIDER_TELEGRAM_TOKEN_FILE": str(path)}, None)
    assert settings.token is not None
    assert settings.token.get_secret_value() == TOKEN


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    """What the environment says replaces `.env`; an empty value takes a setting away."""
    env_file = tmp_path / ".env"
    env_file.write_text(
        f"# ours\nDUIDER_LANGUAGE=en\nDUIDER_SANDBOX_PORT=1\nDUIDER_TELEGRAM_TOKEN={TOKEN}\nX=1\n",
        encoding="utf-8",
    )
    settings = load({"DUIDER_SANDBOX_PORT": "2", "DUIDER_TELEGRAM_TOKEN": ""}, env_file)
    assert (settings.language, settings.sandbox_port, settings.token) == ("en", 2, None)


def test_token_in_the_environment_replaces_the_token_file_in_env(tmp_path: Path) -> None:
    """The two ways to give a token only clash in the same place."""
    env_file = tmp_path / ".env"
    env_file.write_text("DUIDER_TELEGRAM_TOKEN_FILE=/nowhere\n", encoding="utf-8")
    assert load({"DUIDER_TELEGRAM_TOKEN": TOKEN}, env_file).token is not None


def test_a_missing_env_file_is_no_fault(tmp_path: Path) -> None:
    """Without `.env` the environment alone counts."""
    assert load({}, tmp_path / ".env").language == "nl"


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("DUIDER_TELEGRAM_TOKEN", "123:short", "the whole token"),
        ("DUIDER_TELEGRAM_TOKEN", TOKEN + " x", "the whole token"),
        ("DUIDER_TELEGRAM_TOKEN_FILE", "/nowhere/at/all", "may read"),
        ("DUIDER_TELEGRAM_API_URL", "api.telegram.org", "http"),
        ("DUIDER_TELEGRAM_API_URL", "ftp://example.org", "http"),
        ("DUIDER_TELEGRAM_API_URL", "http://[::1", "http"),
        ("DUIDER_TELEGRAM_API_URL", "http://localhost:99999", "http"),
        ("DUIDER_TIMEZONE", "Europe/Nergens", "IANA"),
        ("DUIDER_TIMEZONE", "../../etc/passwd", "IANA"),
        ("DUIDER_LANGUAGE", "de", "nl or en"),
        ("DUIDER_LOG_LEVEL", "LOUD", "DEBUG"),
        ("DUIDER_SANDBOX_PORT", "0", "65535"),
        ("DUIDER_SANDBOX_PORT", "65536", "65535"),
        ("DUIDER_SANDBOX_PORT", "8420.5", "65535"),
    ],
)
def test_a_wrong_value_is_told_in_one_line(name: str, value: str, mend: str) -> None:
    """The line names the setting and the mend, and never repeats the value."""
    line = problem({name: value})
    assert line.startswith(f"{name}: ")
    assert mend in line
    if len(value) > 1:
        assert value not in line


def test_a_wrong_token_never_shows() -> None:
    """Not a single piece of a token that is almost right gets out."""
    for wrong in (TOKEN + "!", TOKEN[:-11], f" {TOKEN}", TOKEN.replace(":", "")):
        line = problem({"DUIDER_TELEGRAM_TOKEN": wrong})
        assert "AbCdEf" not in line


def test_token_and_token_file_exclude_each_other(tmp_path: Path) -> None:
    """Giving the token twice is refused."""
    line = problem(
        {"DUIDER_TELEGRAM_TOKEN": TOKEN, "DUIDER_TELEGRAM_TOKEN_FILE": str(tmp_path / "t")}
    )
    assert line == "DUIDER_TELEGRAM_TOKEN_FILE: set this or DUIDER_TELEGRAM_TOKEN, not both."


def test_a_wrong_token_file_never_shows(tmp_path: Path) -> None:
    """What a token file holds does not get out either."""
    path = tmp_path / "token"
    path.write_bytes(b"123456789:AbCdEf\xff")
    assert "AbCdEf" not in problem({"DUIDER_TELEGRAM_TOKEN_FILE": str(path)})
    path.write_text("AbCdEf", encoding="utf-8")
    assert "AbCdEf" not in problem({"DUIDER_TELEGRAM_TOKEN_FILE": str(path)})


def test_unknown_names_are_refused() -> None:
    """A misspelt name is told with the nearest that exists."""
    line = problem({"DUIDER_LANGAUGE": "en"})
    assert line == "DUIDER_LANGAUGE: no such setting; remove it, or did you mean DUIDER_LANGUAGE?"
    assert "DUIDER_LANGUAGE" in problem({"duider_language": "en"})


def test_keys_are_refused_in_the_environment() -> None:
    """There is no setting that holds a key, and the line says where keys belong."""
    line = problem({"DUIDER_MASTER_KEY": "c2VjcmV0"})
    assert "DUIDER_KEY_FILE" in line
    assert "c2VjcmV0" not in line


def test_an_unreadable_env_file_is_told(tmp_path: Path) -> None:
    """A `.env` that is not text stops the start with one line."""
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"DUIDER_LANGUAGE=\xff\xfe")
    assert "cannot be read" in problem({}, env_file)
