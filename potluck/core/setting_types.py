"""Types of settings: how an operator may write a value, and what is refused."""

import json
import re
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, SecretStr
from pydantic_settings import NoDecode

from potluck.core import database_url, master_key
from potluck.core.config_error import ConfigError
from potluck.core.database_url import DatabaseUrl


def _database_url(value: Any) -> Any:
    if value is None or isinstance(value, DatabaseUrl):
        return value
    return database_url.parse(str(value))


def _listed(value: Any) -> Any:
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    return value


def _is_web_address(value: str) -> bool:
    """Whether this is http or https, a host and perhaps a port and path, and nothing else."""
    try:
        parts = urlsplit(value)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:  # its text may repeat the value
        return False
    is_bare = not parts.query and not parts.fragment and "@" not in parts.netloc
    return parts.scheme in {"http", "https"} and has_host and is_bare


def _base_url(value: str) -> str:
    if not _is_web_address(value):
        raise ValueError("use the address people type, like https://recipes.example.org")
    return value.rstrip("/")


def from_json(value: Any) -> Any:
    """What an operator wrote as a JSON object. Raises ValueError that does not repeat it."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:  # its text may repeat the value
        raise ValueError("write it as a JSON object") from None


def _in_utc(value: datetime) -> datetime:
    """A day without an hour begins at midnight, in UTC like all our times."""
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _linkable(value: str) -> str:
    # Printable ASCII but for what ends the address in the header `Link` (RFC 8288, section 3).
    if re.fullmatch(r"https?://[!#-;=?-~]+", value) is None:
        raise ValueError("use the address of a page, like https://recipes.example.org/news")
    return value


def _origin(value: str) -> str:
    if not _is_web_address(value) or value != value.lower() or value.count("/") > 2:
        raise ValueError("use exact origins like https://app.example.org, without a path")
    return value


def _proxy(value: str) -> str:
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        network = None
    if network is None or network.prefixlen == 0:
        raise ValueError("use addresses like 127.0.0.1 or networks like 10.0.0.0/8, not everything")
    return value


def _usable_key(value: SecretStr) -> SecretStr:
    try:
        master_key.check(value.get_secret_value())
    except ConfigError as error:
        raise ValueError(error.problems[0]) from None
    return value


def _subreddit(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,49}", value) is None:
        raise ValueError("use names like recipes, as they stand behind reddit.com/r/")
    return value


def _once(values: list[str]) -> list[str]:
    """The names without repetitions; case makes no difference to Reddit."""
    found: dict[str, str] = {}
    for value in values:
        found.setdefault(value.lower(), value)
    return list(found.values())


def _host_name(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", value) is None:
        raise ValueError("use names like recipes.example.org, without a port and without *")
    return value.lower()


def _host_port(value: str) -> str:
    host, separator, port = value.rpartition(":")
    if not separator or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("use host:port, like nas.home:8080")
    return value.lower()


DatabaseUrlSetting = Annotated[
    DatabaseUrl | None,
    NoDecode,
    BeforeValidator(_database_url),
    PlainSerializer(lambda url: url and str(url), return_type=str | None),
]
Origins = Annotated[
    list[Annotated[str, BeforeValidator(_origin)]], NoDecode, BeforeValidator(_listed)
]
HostNames = Annotated[
    list[Annotated[str, AfterValidator(_host_name)]], NoDecode, BeforeValidator(_listed)
]
HostPorts = Annotated[
    list[Annotated[str, BeforeValidator(_host_port)]], NoDecode, BeforeValidator(_listed)
]
Proxies = Annotated[
    list[Annotated[str, BeforeValidator(_proxy)]], NoDecode, BeforeValidator(_listed)
]


BaseUrl = Annotated[str, BeforeValidator(_base_url)]
MasterKeySetting = Annotated[SecretStr, AfterValidator(_usable_key)]
Subreddits = Annotated[
    list[Annotated[str, AfterValidator(_subreddit)]],
    NoDecode,
    BeforeValidator(_listed),
    AfterValidator(_once),
]
Day = Annotated[datetime, AfterValidator(_in_utc)]
LinkedPage = Annotated[str, AfterValidator(_linkable)]
