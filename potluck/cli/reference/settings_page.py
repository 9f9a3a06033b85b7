"""The page about the settings: one row for each, from `Settings` itself."""

from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from potluck.cli.reference.markdown import NOTICE, code, table
from potluck.core.config import Settings
from potluck.core.config_loading import OTHER_NAMES, Known, known_settings

INTRODUCTION = """# Settings

Every setting has a default that is right for one household on one machine. `potluck config show`
prints what holds now and where each value comes from; secrets are redacted.

A value is looked for in this order, and the first one found wins:

1. a flag of the command, such as `--port`;
2. the environment;
3. a folder of files, one value each, named like the settings: `POTLUCK_SECRETS_DIR` says where;
4. a file of `NAME=value` lines: `.env`, or the file that `POTLUCK_ENV_FILE` names;
5. the default.

A name that begins with `POTLUCK_` and is no setting is refused, as is a value that does not fit:
the program names all of them at once and leaves with status 78. Lists are written with commas.
Names that end in `_S` are seconds.
"""
TITLES = {"signup": "Sign-up", "tokens": "API tokens", "session": "Web sessions", "cors": "CORS"}
#: What the variables are for that the settings themselves cannot say.
OTHERS = {
    "POTLUCK_SECRETS_DIR": "Folder of files with one value each.",
    "POTLUCK_ENV_FILE": "File of `NAME=value` lines in place of `.env`.",
    "POTLUCK_TEST_DATABASE_URL": "PostgreSQL server for `./test.sh`.",
    "POTLUCK_INSTALLER": "`pip` keeps the scripts from looking for uv.",
    "POTLUCK_VENV": "Folder of the virtual environment that the scripts use, in place of `.venv`.",
}


def page() -> str:
    """The whole page."""
    parts = [NOTICE, INTRODUCTION]
    for title, settings in _sections():
        parts.append(f"## {title}\n")
        parts.append(table(("setting", "default", "values", "what it is"), map(_row, settings)))
    parts.append("## Where settings and scripts are told where to look\n")
    others = [(code(name), OTHERS.get(name, "")) for name in sorted(OTHER_NAMES)]
    parts.append(table(("variable", "what it is"), others))
    return "\n".join(parts)


def _sections() -> Iterator[tuple[str, list[Known]]]:
    settings = list(known_settings())
    yield "The instance", [each for each in settings if len(each.path) == 1]
    for name in dict.fromkeys(each.path[0] for each in settings if len(each.path) > 1):
        inside = [each for each in settings if len(each.path) > 1 and each.path[0] == name]
        yield TITLES.get(name, name.capitalize()), inside


def _row(setting: Known) -> tuple[str, ...]:
    default, values = _written(setting.default), _values(_field(setting.path))
    return code(setting.name), code(default), values, setting.description


def _written(value: Any) -> str:
    """A default as one would write it into the environment."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _field(path: tuple[str, ...]) -> FieldInfo:
    model: type[BaseModel] = Settings
    for name in path[:-1]:
        nested = model.model_fields[name].annotation
        assert isinstance(nested, type)  # noqa: S101 - known_settings went the same way
        model = nested
    return model.model_fields[path[-1]]


def _values(field: FieldInfo) -> str:
    kind: Any = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(code(str(choice)) for choice in get_args(kind))
    if kind is bool:
        return "`true`, `false`"
    least = next((_bound(mark) for mark in field.metadata if isinstance(mark, Ge | Gt)), "")
    most = next((_bound(mark) for mark in field.metadata if isinstance(mark, Le | Lt)), "")
    return f"{least} to {most}" if least and most else least or most


def _bound(mark: Ge | Gt | Le | Lt) -> str:
    if isinstance(mark, Gt):
        return f"more than {mark.gt}"
    if isinstance(mark, Lt):
        return f"less than {mark.lt}"
    return str(mark.ge if isinstance(mark, Ge) else mark.le)
