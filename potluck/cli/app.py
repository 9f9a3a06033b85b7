"""The commands, put together."""

import typer

from potluck.cli import config, database, docs, serving

app = typer.Typer(
    name="potluck",
    help="Recipes of a household: the service and its operator's commands.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serving.serve)
app.command("migrate")(database.migrate)
app.command("purge")(database.purge)
app.command("docs")(docs.docs)
app.add_typer(config.app, name="config")
