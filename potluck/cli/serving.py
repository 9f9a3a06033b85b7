"""`potluck serve`: one command from an empty folder to a running service."""

import os
import socket
import sqlite3
from pathlib import Path
from typing import Annotated

import typer

from potluck import backend_pre_start
from potluck.cli.context import load_settings
from potluck.cli.database import setup_hint
from potluck.cli.draining import DrainingServer, handed_sockets, supervisor
from potluck.cli.greeting import greeting
from potluck.cli.server import server_config
from potluck.core.config import Settings
from potluck.core.config_error import ConfigError
from potluck.db.engines import SAFE_SQLITE

TAKEN = (
    "POTLUCK_SERVER__PORT: {0.host}:{0.port} cannot be listened on ({reason});"
    " choose another with --port"
)
MANY_WRITERS = (
    "POTLUCK_SERVER__WORKERS: SQLite {version} can damage the file when several processes write;"
    " use one worker, or PostgreSQL"
)

Host = Annotated[str | None, typer.Option(help="Address to listen on; 0.0.0.0 for all.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on.")]
Workers = Annotated[int | None, typer.Option(help="Serving processes.")]
DataDir = Annotated[Path | None, typer.Option(help="Folder of everything Potluck keeps.")]
Migrate = Annotated[bool, typer.Option("--migrate", help="Prepare the database first.")]


def serve(
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    data_dir: DataDir = None,
    migrate: Migrate = False,
) -> None:
    """Serve the API and the pages until SIGTERM or Ctrl-C, then finish what runs."""
    flags = {"host": host, "port": port, "workers": workers}
    settings = load_settings(server=flags, data_dir=data_dir)
    check_workers(settings)
    sockets = handed_sockets()
    if not sockets:
        check_port(settings)
    secret = backend_pre_start.prepare(settings) if migrate else None
    for line in greeting(settings):
        typer.echo(line)
    if secret is not None:
        typer.echo(setup_hint(settings, secret))
    hand_down(settings)
    config = server_config(settings)
    drain_s = settings.server.drain_s
    if settings.server.workers == 1:
        DrainingServer(config, drain_s).run(sockets or None)
    else:
        supervisor(config, sockets or [config.bind_socket()], drain_s).run()


def check_port(settings: Settings) -> None:
    """Said before anything is prepared, and not after the address to open was printed."""
    server = settings.server
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((server.host, server.port))
        except OSError as error:
            raise ConfigError([TAKEN.format(server, reason=error.strerror)]) from None


def check_workers(settings: Settings) -> None:
    """Several processes on one SQLite file need a library without the WAL-reset bug."""
    is_sqlite = settings.database_url.engine == "sqlite"
    if settings.server.workers > 1 and is_sqlite and sqlite3.sqlite_version_info < SAFE_SQLITE:
        raise ConfigError([MANY_WRITERS.format(version=sqlite3.sqlite_version)])


def hand_down(settings: Settings) -> None:
    """The serving processes read their settings anew: give them what the flags said."""
    os.environ["POTLUCK_SERVER__HOST"] = settings.server.host
    os.environ["POTLUCK_SERVER__PORT"] = str(settings.server.port)
    os.environ["POTLUCK_SERVER__WORKERS"] = str(settings.server.workers)
    os.environ["POTLUCK_DATA_DIR"] = str(settings.data_dir)
