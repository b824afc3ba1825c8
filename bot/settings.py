"""The settings: read from the environment and `.env`, checked before anything starts."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Never
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

Language = Literal["nl", "en"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

_PREFIX = "DUIDER_"
_TOKEN = "DUIDER_TELEGRAM_TOKEN"  # noqa: S105 - the name of a setting
_TOKEN_FILE = "DUIDER_TELEGRAM_TOKEN_FILE"  # noqa: S105 - the name of a setting
_TOKEN_SHAPE = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
_TOKEN_MEND = "paste the whole token that BotFather gave, like 123456789:AA..."  # noqa: S105


class SettingProblem(Exception):
    """A setting is wrong; its text is one line that names the setting and the mend."""


def _refuse(mend: str) -> Never:
    raise PydanticCustomError("mend", "{mend}", {"mend": mend})


def _token(value: SecretStr) -> SecretStr:
    if not _TOKEN_SHAPE.fullmatch(value.get_secret_value()):
        _refuse(_TOKEN_MEND)
    return value


def _address(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment:
        _refuse("give an address that starts with http:// or https://")
    return value.rstrip("/")


def _zone(value: object) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _refuse("give a time zone by its IANA name, like Europe/Amsterdam")


def _port(value: object) -> int:
    port = int(text) if (text := str(value)).isdecimal() else 0
    if not 1 <= port <= 65535:
        _refuse("give a whole number from 1 to 65535")
    return port


def _language(value: object) -> str:
    if value not in {"nl", "en"}:
        _refuse("choose nl or en")
    return str(value)


def _level(value: object) -> str:
    if (level := str(value).upper()) not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        _refuse("choose DEBUG, INFO, WARNING or ERROR")
    return level


class Settings(BaseSettings):
    """What an administrator may set; read by `load`, which words every fault."""

    model_config = SettingsConfigDict(frozen=True, hide_input_in_errors=True)

    token: Annotated[SecretStr, AfterValidator(_token)] | None = Field(
        default=None, validation_alias="DUIDER_TELEGRAM_TOKEN"
    )
    api_url: Annotated[str, AfterValidator(_address)] = Field(
        default="https://api.telegram.org", validation_alias="DUIDER_TELEGRAM_API_URL"
    )
    data: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default=Path("data"), validation_alias="DUIDER_DATA"
    )
    key_file: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default=Path("keys/master.key"), validation_alias="DUIDER_KEY_FILE"
    )
    epochs: Annotated[Path, AfterValidator(Path.expanduser)] = Field(
        default=Path("keys/epochs"), validation_alias="DUIDER_EPOCHS"
    )
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)] = Field(
        default=ZoneInfo("Europe/Amsterdam"), validation_alias="DUIDER_TIMEZONE"
    )
    language: Annotated[Language, BeforeValidator(_language)] = Field(
        default="nl", validation_alias="DUIDER_LANGUAGE"
    )
    log_level: Annotated[LogLevel, BeforeValidator(_level)] = Field(
        default="INFO", validation_alias="DUIDER_LOG_LEVEL"
    )
    sandbox_port: Annotated[int, BeforeValidator(_port)] = Field(
        default=8420, validation_alias="DUIDER_SANDBOX_PORT"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` hands over counts: it has merged and checked the names."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


NAMES = frozenset(
    {_TOKEN_FILE, *(str(field.validation_alias) for field in Settings.model_fields.values())}
)


def load(
    environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")
) -> Settings:
    """The settings; the environment wins over the file. Raises SettingProblem."""
    given = _merged(os.environ if environ is None else environ, env_file)
    for name in sorted(given.keys() - NAMES):
        raise SettingProblem(_unknown(name))
    if path := given.pop(_TOKEN_FILE, None):
        if _TOKEN in given:
            raise SettingProblem(f"{_TOKEN_FILE}: set this or {_TOKEN}, not both.")
        given[_TOKEN] = _token_from(path)
    try:
        return Settings.model_validate(given)
    except ValidationError as invalid:
        fault = invalid.errors(include_url=False, include_input=False)[0]
        raise SettingProblem(f"{fault['loc'][0]}: {fault['msg']}.") from None


def _merged(environ: Mapping[str, str], env_file: Path | None) -> dict[str, str]:
    ours = {name: text for name, text in environ.items() if name.upper().startswith(_PREFIX)}
    filed = {} if env_file is None else _filed(env_file)
    if ours.get(_TOKEN) or ours.get(_TOKEN_FILE):
        # One of the two in the environment replaces either in the file.
        filed = {name: text for name, text in filed.items() if name not in {_TOKEN, _TOKEN_FILE}}
    return {name: text for name, text in (filed | ours).items() if text}


def _filed(env_file: Path) -> dict[str, str]:
    try:
        source = DotEnvSettingsSource(Settings, env_file=env_file, case_sensitive=True)
    except (OSError, ValueError):
        raise SettingProblem(
            f"{env_file}: cannot be read; make it a UTF-8 text file that this user may read."
        ) from None
    return {
        name: text or ""
        for name, text in source.env_vars.items()
        if name.upper().startswith(_PREFIX)
    }


def _token_from(path: str) -> str:
    try:
        token = Path(path).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, ValueError, RuntimeError):
        raise SettingProblem(f"{_TOKEN_FILE}: name a text file that this user may read.") from None
    if not _TOKEN_SHAPE.fullmatch(token):
        raise SettingProblem(f"{_TOKEN_FILE}: in that file, {_TOKEN_MEND}.")
    return token


def _unknown(name: str) -> str:
    shown = name if re.fullmatch(r"\w{1,64}", name) else "A name that starts with DUIDER_"
    if any(word in name.upper() for word in ("SECRET", "MASTER", "KEY")):
        return f"{shown}: no such setting; keys belong in the file that DUIDER_KEY_FILE names."
    nearest = get_close_matches(name.upper(), sorted(NAMES), n=1, cutoff=0)[0]
    return f"{shown}: no such setting; remove it, or did you mean {nearest}?"
