"""Reads the settings from their sources, and says where each value came from.

All problems are reported at once (`ConfigError`, exit status 78 = EX_CONFIG of sysexits.h), and
none of the messages repeats a value: it may be a password.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
)

from potluck.core.config import Settings
from potluck.core.config_error import ConfigError

PREFIX = "POTLUCK_"
#: Names that steer the scripts around the program and are no settings of it.
OTHER_NAMES = {
    "POTLUCK_SECRETS_DIR",
    "POTLUCK_ENV_FILE",
    "POTLUCK_TEST_DATABASE_URL",
    "POTLUCK_VENV",
}


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
    env_file, secrets = _places()
    problems = _unknown_names(env_file, secrets)
    given = _without_none(flags or {})

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
            del init_settings, env_settings, dotenv_settings, file_secret_settings
            return tuple(source for _, source in _sources(settings_cls, given, env_file, secrets))

    try:
        loaded = Loaded()
    except ValidationError as error:
        raise ConfigError([*problems, *_sentences(error)]) from None
    except ValueError:
        raise ConfigError([*problems, "a list or group of settings is not readable"]) from None
    if problems:
        raise ConfigError(problems)
    return loaded, _origins(Loaded, given, env_file, secrets)


def _places() -> tuple[Path | None, Path | None]:
    env_file = Path(os.environ.get("POTLUCK_ENV_FILE", ".env"))
    secrets = os.environ.get("POTLUCK_SECRETS_DIR")
    folder = Path(secrets) if secrets else None
    if folder is not None and not folder.is_dir():
        raise ConfigError(["POTLUCK_SECRETS_DIR is not a folder"])
    return (env_file if env_file.is_file() else None), folder


def _sources(
    model: type[BaseSettings],
    flags: dict[str, Any],
    env_file: Path | None,
    secrets: Path | None,
) -> list[tuple[str, PydanticBaseSettingsSource]]:
    found: list[tuple[str, PydanticBaseSettingsSource]] = [
        ("flag", InitSettingsSource(model, flags)),
        ("environment", EnvSettingsSource(model)),
    ]
    if secrets is not None:
        source = NestedSecretsSettingsSource(
            model, secrets_dir=secrets, secrets_prefix=PREFIX, secrets_nested_delimiter="__"
        )
        found.append((f"secret file in {secrets}", source))
    if env_file is not None:
        found.append((str(env_file), DotEnvSettingsSource(model, env_file=env_file)))
    return found


def _unknown_names(env_file: Path | None, secrets: Path | None) -> list[str]:
    known = {setting.name for setting in known_settings()} | OTHER_NAMES
    places: list[tuple[str, list[str]]] = [("the environment", list(os.environ))]
    if env_file is not None:
        lines = [line for line in env_file.read_text("utf-8").splitlines() if "=" in line]
        names = [line.split("=")[0].strip().removeprefix("export ").strip() for line in lines]
        places.append((str(env_file), names))
    if secrets is not None:
        places.append((str(secrets), [entry.name for entry in secrets.iterdir()]))
    return [
        f"{name.upper()} in {place} is not a setting"
        for place, names in places
        for name in names
        if name.upper().startswith(PREFIX) and name.upper() not in known
    ]


def _sentences(error: ValidationError) -> list[str]:
    """One line a problem, naming the setting and the rule, never the value."""
    return [
        f"{_name(problem['loc'])}: {problem['msg'].removeprefix('Value error, ')}"
        for problem in error.errors(include_input=False, include_context=False, include_url=False)
        if problem["type"] != "extra_forbidden"  # told by `_unknown_names`, with the place
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


def _origins(
    model: type[BaseSettings], flags: dict[str, Any], env_file: Path | None, secrets: Path | None
) -> dict[str, str]:
    states = [(name, source()) for name, source in _sources(model, flags, env_file, secrets)]
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
        shown = "***" if isinstance(value, SecretStr) else value
        values[setting.name] = (
            ",".join(shown) if isinstance(shown, list) else "" if shown is None else str(shown)
        )
    return values
