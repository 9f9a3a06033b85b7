"""The commands, put together."""

import typer

from potluck.cli import (
    config,
    database,
    docs,
    doctor,
    keys,
    mail,
    openapi,
    pages,
    serving,
    token,
    user,
    worker,
)
from potluck.cli.refusals import RefusingGroup

app = typer.Typer(
    name="potluck",
    cls=RefusingGroup,
    help="Recipes of a household: the service and its operator's commands.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serving.serve)
app.command("worker")(worker.worker)
app.command("migrate")(database.migrate)
app.command("purge")(database.purge)
app.command("reindex")(database.reindex)
app.command("doctor")(doctor.doctor)
app.command("import")(pages.import_pages)
app.add_typer(user.app, name="user")
app.add_typer(token.app, name="token")
app.add_typer(keys.app, name="keys")
app.add_typer(mail.app, name="mail")
app.add_typer(config.app, name="config")
app.command("openapi")(openapi.openapi)
app.command("docs")(docs.docs)
