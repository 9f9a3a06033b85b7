"""The page about the commands, from the same objects that print `--help`."""

from collections.abc import Iterator
from typing import Any

from potluck.cli.reference.markdown import NOTICE, code, table

INTRODUCTION = """# Commands

The operator's commands. From a checkout they are `.venv/bin/python -m potluck ...`; where the
package is installed, `potluck ...`. Each reads the same [settings](settings.md).

Exit status: 0 done, 1 refused (a sentence says why), 2 wrong usage, 78 the settings are wrong.
"""


def page(root: Any) -> str:
    """The whole page for the commands below `root` (what `typer.main.get_command` gives)."""
    parts = [NOTICE, INTRODUCTION]
    for name, command in leaves(root):
        context = command.context_class(command, info_name=name)
        usage = command.get_usage(context).removeprefix("Usage: ").strip()
        parts.append(f"## {name}\n\n{command.help}\n\n```\n{usage}\n```\n")
        rows = [parameter.get_help_record(context) for parameter in command.params]
        shown = [(code(row[0]), row[1]) for row in rows if row is not None]
        if shown:
            parts.append(table(("option", "what it does"), shown))
    return "\n".join(parts)


def leaves(command: Any, name: str = "potluck") -> Iterator[tuple[str, Any]]:
    """Each command that does something, with its full name such as `potluck config show`."""
    inside = getattr(command, "commands", None)
    if inside is None:
        if not command.hidden:
            yield name, command
        return
    for word, each in inside.items():
        yield from leaves(each, f"{name} {word}")
