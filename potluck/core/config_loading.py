"""Reads the settings from their sources, and says where each value came from.

All problems are reported at once (`ConfigError`, exit status 78 = EX_CONFIG of sysexits.h), and
none of the messages repeats a value: it may be a password.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import to_json
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
)

from potluck.core.config import Settings
from potluck.core.config_error import ConfigError

PREFIX = "POTLUCK_"
#: Variables of the environment that say where settings are, or steer the scripts around us.
OTHER_NAMES = {
    "POTLUCK_SECRETS_DIR",
    "POTLUCK_ENV_FILE",
    "POTLUCK_TEST_DATABASE_URL",
    "POTLUCK_INSTALLER",
    "POTLUCK_VENV",
}
ASSIGNMENT = re.compile(r"\s*(export\s+)?\w+\s*=", re.IGNORECASE)

#: Where values come from, in words, and what reads them.
Source = tuple[str, PydanticBaseSettingsSource]


@dataclass(frozen=True)
class Known:
    """One setting: its name in the environment and its path in `Settings`."""

    name: str
    path: tuple[str, ...]
    annotation: Any
    default: Any
    description: str


def known_settings(
    model: type[BaseModel] = Settings, path: tuple[str, ...] = ()
) -> Iterator[Known]:
    """Every setting, in the order in which the classes declare them."""
    for name, field in model.model_fields.items():
        here = (*path, name)
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from known_settings(field.annotation, here)
        else:
            yield Known(
                PREFIX + "__".join(here).upper(),
                here,
                field.annotation,
                field.default,
                field.description or "",
            )


def load(flags: Mapping[str, Any] | None = None) -> Settings:
    """The settings of this process; `flags` (nested, None left out) win over every source.

    Raises `ConfigError` with all problems.
    """
    return load_with_sources(flags)[0]


def load_with_sources(flags: Mapping[str, Any] | None = None) -> tuple[Settings, dict[str, str]]:
    """The settings, and for each name the source its value came from."""
    sources, problems = _sources(_without_none(flags or {}))

    class Loaded(Settings):
        """`Settings` bound to the sources of this call."""

        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            del settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings
            return tuple(source for _, source in sources)

    try:
        loaded = Loaded()
    except ValidationError as error:
        raise ConfigError([*problems, *_sentences(error)]) from None
    if problems:
        raise ConfigError(problems)
    return loaded, _origins(sources)


def _sources(flags: dict[str, Any]) -> tuple[list[Source], list[str]]:
    """Every source with its name, the strongest first, and what is wrong with them."""
    environment = EnvSettingsSource(Settings)
    problems = _keep_known(environment, "the environment", OTHER_NAMES)
    found: list[Source] = [
        ("flag", InitSettingsSource(Settings, flags)),
        ("environment", environment),
    ]
    for path, make in ((_secrets_folder(), _secret_files), (_env_file(), _dotenv)):
        if path is None:
            continue
        try:
            source = make(path)
        except (OSError, ValueError):  # not text, or too much of it
            problems.append(f"{path} cannot be read")
            continue
        problems += _keep_known(source, str(path), set())
        found.append((str(path), source))
    return found, problems + _unread_lines(_env_file())


def _secrets_folder() -> Path | None:
    folder = os.environ.get("POTLUCK_SECRETS_DIR")
    return Path(folder) if folder else None


def _env_file() -> Path | None:
    path = Path(os.environ.get("POTLUCK_ENV_FILE", ".env"))
    return path if path.exists() else None


def _secret_files(folder: Path) -> EnvSettingsSource:
    return NestedSecretsSettingsSource(
        SecretsSettingsSource(Settings),
        secrets_dir=folder,
        secrets_dir_missing="error",
        secrets_prefix=PREFIX,
        secrets_nested_delimiter="__",
    )


def _dotenv(path: Path) -> EnvSettingsSource:
    path.read_text("utf-8")  # what cannot be read would be passed over in silence
    return DotEnvSettingsSource(Settings, env_file=path)


def _keep_known(source: EnvSettingsSource, place: str, others: set[str]) -> list[str]:
    """Take the names that are no settings out of a source, and say so for those with our prefix.

    They are taken out, so that one name too many does not keep the other mistakes from being told.
    """
    known = {setting.name for setting in known_settings()}
    unknown = [name for name in map(str.upper, source.env_vars) if name not in known | others]
    source.env_vars = {
        name: value for name, value in source.env_vars.items() if name.upper() in known
    }
    return [f"{name} in {place} is not a setting" for name in unknown if name.startswith(PREFIX)]


def _unread_lines(env_file: Path | None) -> list[str]:
    """Lines that name one of our settings and give it no value, such as `POTLUCK_DOCS: true`."""
    try:
        lines = env_file.read_text("utf-8").splitlines() if env_file else []
    except (OSError, ValueError):
        return []  # told already
    return [
        f"line {number} of {env_file} is not NAME=value"
        for number, line in enumerate(lines, start=1)
        if line.strip().upper().removeprefix("EXPORT ").lstrip().startswith(PREFIX)
        and not ASSIGNMENT.match(line)
    ]


def _sentences(error: ValidationError) -> list[str]:
    """One line a problem, naming the setting and the rule, never the value."""
    return [
        f"{_name(problem['loc'])}: {problem['msg'].removeprefix('Value error, ')}"
        for problem in error.errors(include_input=False, include_context=False, include_url=False)
    ]


def _name(location: tuple[int | str, ...]) -> str:
    parts = [str(part).upper() for part in location if isinstance(part, str)]
    return PREFIX + "__".join(parts) if parts else "the settings"


def _without_none(flags: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        name: _without_none(value) if isinstance(value, Mapping) else value
        for name, value in flags.items()
        if value is not None
    }
    return {name: value for name, value in kept.items() if value != {}}


def _origins(sources: list[Source]) -> dict[str, str]:
    states = [(name, source()) for name, source in sources]
    return {
        setting.name: next((name for name, state in states if _has(state, setting.path)), "default")
        for setting in known_settings()
    }


def _has(state: Mapping[str, Any], path: tuple[str, ...]) -> bool:
    value: Any = state
    for part in path:
        if not isinstance(value, Mapping) or part not in value:
            return False
        value = value[part]
    return True


def effective(settings: Settings) -> dict[str, str]:
    """Each name with its value as text, secrets redacted."""
    values = {}
    for setting in known_settings():
        value: Any = settings
        for part in setting.path:
            value = getattr(value, part)
        if setting.path == ("database", "url"):
            value = settings.database_url
        elif setting.path == ("base_url",):
            value = settings.public_url
        values[setting.name] = _shown(value)
    return values


def _shown(value: Any) -> str:
    """A value as one would write it into the environment."""
    if isinstance(value, SecretStr):
        return "***"
    if isinstance(value, list):
        return ",".join(value)
    if isinstance(value, dict):
        return to_json(value).decode()
    return "" if value is None else str(value)
