"""The two forms of `POTLUCK_DATABASE__URL`, parsed once; the password never prints."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

FORMS = (
    "use sqlite:///relative/path.db, sqlite:////absolute/path.db or "
    "postgresql://user:password@host/database?sslmode=require"
    " (special characters in the password percent-encoded)"
)


class UnknownDatabaseUrl(ValueError):
    """The text is none of the forms; the message names them and never the text itself."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}; {FORMS}")


@dataclass(frozen=True)
class DatabaseUrl:
    """Where the data live: a file for SQLite, a server for PostgreSQL."""

    engine: Literal["sqlite", "postgresql"]
    path: Path | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    host: str | None = None
    port: int | None = None
    name: str | None = None
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        """The URL without its password and options, fit for logs."""
        if self.engine == "sqlite":
            return f"sqlite:///{self.path}"
        password = ":***" if self.password else ""
        user = f"{self.user}{password}@" if self.user else ""
        host = f"[{self.host}]" if ":" in (self.host or "") else self.host or ""
        port = f":{self.port}" if self.port else ""
        return f"postgresql://{user}{host}{port}/{self.name}"


def parse(text: str) -> DatabaseUrl:
    """Read a database URL; raises `UnknownDatabaseUrl` for anything but the forms above."""
    scheme, separator, rest = text.strip().partition("://")
    if not separator:
        raise UnknownDatabaseUrl("this is not a URL")
    if scheme == "sqlite":
        return _sqlite(rest)
    if scheme == "postgresql":
        return _postgresql(text.strip())
    raise UnknownDatabaseUrl("the scheme is neither sqlite nor postgresql")


def _sqlite(rest: str) -> DatabaseUrl:
    if not rest.startswith("/") or len(rest) < 2:
        raise UnknownDatabaseUrl("a SQLite URL has three slashes and a file name")
    path = unquote(rest[1:])
    is_file = not path.endswith("/") and Path(path).name not in {"", ".", ".."}
    if not is_file or "?" in path or path == ":memory:" or not path.isprintable():
        raise UnknownDatabaseUrl("a SQLite URL names a file and has no options")
    return DatabaseUrl("sqlite", path=Path(path))


def _postgresql(text: str) -> DatabaseUrl:
    try:
        parts = urlsplit(text)
        port = parts.port
        options = tuple(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise UnknownDatabaseUrl("the PostgreSQL URL cannot be read") from None
    name = unquote(parts.path.removeprefix("/"))
    if not name or "/" in name or parts.fragment:
        raise UnknownDatabaseUrl("the PostgreSQL URL names no database")
    if "%" in (parts.hostname or ""):
        raise UnknownDatabaseUrl("the folder of a socket is given as ?host=/folder")
    if not parts.hostname and "host" not in dict(options):
        raise UnknownDatabaseUrl("the PostgreSQL URL names no host")
    return DatabaseUrl(
        "postgresql",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        host=parts.hostname,
        port=port,
        name=name,
        options=options,
    )
