"""The settings: what an operator may say, with defaults that are right for one household.

Sources, later wins: defaults, `.env`, a folder of secret files (`POTLUCK_SECRETS_DIR`), the
environment, and flags of the command line. Names are `POTLUCK_` + the path with `__`, such as
`POTLUCK_DATABASE__URL`. `potluck.core.config_loading` reads the sources.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

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
HostPorts = Annotated[
    list[Annotated[str, BeforeValidator(_host_port)]], NoDecode, BeforeValidator(_listed)
]
Proxies = Annotated[
    list[Annotated[str, BeforeValidator(_proxy)]], NoDecode, BeforeValidator(_listed)
]


MasterKeySetting = Annotated[SecretStr, AfterValidator(_usable_key)]


class Section(BaseModel):
    """A group of settings; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class DatabaseSettings(Section):
    url: DatabaseUrlSetting = Field(
        None, description="Where the data live; left out, potluck.db in the data folder."
    )
    pool_size: int = Field(10, ge=1, le=500, description="Connections a process may open.")
    pool_timeout_s: float = Field(
        2.0, gt=0, le=60, description="Longest wait for a free connection, then 503."
    )
    statement_timeout_s: float = Field(
        5.0, gt=0, le=600, description="Longest run of one statement (PostgreSQL)."
    )
    lock_timeout_s: float = Field(
        2.0, gt=0, le=60, description="Longest wait for a lock held by someone else."
    )


class SignupSettings(Section):
    mode: Literal["open", "closed"] = Field(
        "open", description="Whether strangers may make an account."
    )


class PasswordSettings(Section):
    min_length: int = Field(15, ge=8, le=128, description="Fewest characters; 8 at least.")
    memory_kib: int = Field(19_456, ge=19_456, le=1_048_576, description="Argon2id memory.")
    time_cost: int = Field(2, ge=2, le=20, description="Argon2id passes.")
    parallelism: int = Field(1, ge=1, le=16, description="Argon2id lanes.")


class TokenSettings(Section):
    access_s: int = Field(600, ge=60, le=600, description="Life of an access token.")
    refresh_idle_s: int = Field(
        14 * 86_400, ge=3600, le=30 * 86_400, description="A refresh token unused this long ends."
    )
    refresh_absolute_s: int = Field(
        30 * 86_400, ge=3600, le=30 * 86_400, description="Sign in again after this at the latest."
    )
    refresh_grace_s: int = Field(
        20, ge=0, le=60, description="A repeated refresh within this gets the same successor."
    )


class SessionSettings(Section):
    idle_s: int = Field(14 * 86_400, ge=600, le=30 * 86_400, description="Idle web session ends.")
    absolute_s: int = Field(
        30 * 86_400, ge=600, le=30 * 86_400, description="Web session ends at the latest."
    )


class FetchSettings(Section):
    allow: HostPorts = Field(
        [], description="Hosts (host:port) pages may be imported from though not public."
    )
    timeout_s: float = Field(10.0, gt=0, le=60, description="Longest fetch of one page.")
    max_bytes: int = Field(
        5_000_000, ge=10_000, le=50_000_000, description="Largest page, unpacked."
    )


class CorsSettings(Section):
    origins: Origins = Field([], description="Exact origins whose scripts may call the API.")


class LogSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least that is written."
    )
    format: Literal["json", "console"] = Field(
        "console", description="One JSON object a line, or lines for people."
    )


class ServerSettings(Section):
    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(1, ge=1, le=64, description="Serving processes.")
    root_path: str = Field(
        "", pattern=r"^(/[^/?#]+)*$", description="Sub-path a proxy serves us under, like /recipes."
    )
    trusted_proxies: Proxies = Field(
        [], description="Addresses or networks whose X-Forwarded-* headers are believed."
    )
    drain_s: float = Field(
        1.0, ge=0, le=60, description="After SIGTERM: not ready this long before the socket closes."
    )
    shutdown_s: int = Field(30, ge=1, le=600, description="Longest wait for running requests.")


class TrashSettings(Section):
    keep_days: int = Field(30, ge=1, le=3650, description="Days before the trash is emptied.")


class Settings(BaseSettings):
    """All settings of one process; frozen."""

    model_config = SettingsConfigDict(
        env_prefix="POTLUCK_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
        arbitrary_types_allowed=True,
        validate_default=True,
    )

    data_dir: Path = Field(Path("data"), description="Folder of everything Potluck keeps.")
    base_url: Annotated[str, BeforeValidator(_base_url)] | None = Field(
        None, description="Address people type; left out, http://host:port of the server."
    )
    api_v1_prefix: str = Field(
        "/api/v1", pattern=r"^(/[a-z0-9._-]+)+$", description="Where version 1 of the API lives."
    )
    docs: bool = Field(True, description="Serve the API's own documentation page.")
    insecure_local_http: bool = Field(
        False, description="Cookies over plain http on a home network; refused with https."
    )
    master_key: MasterKeySetting | None = Field(
        None, description="Key of all keys, 32 bytes or more in base64url or hex."
    )
    master_key_file: Path | None = Field(None, description="File that holds the master key.")
    database: DatabaseSettings = DatabaseSettings()
    signup: SignupSettings = SignupSettings()
    password: PasswordSettings = PasswordSettings()
    tokens: TokenSettings = TokenSettings()
    session: SessionSettings = SessionSettings()
    fetch: FetchSettings = FetchSettings()
    cors: CorsSettings = CorsSettings()
    log: LogSettings = LogSettings()
    server: ServerSettings = ServerSettings()
    trash: TrashSettings = TrashSettings()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Settings":
        if self.insecure_local_http and self.public_url.startswith("https://"):
            raise ValueError("insecure_local_http cannot be used with an https base_url")
        if self.master_key is not None and self.master_key_file is not None:
            raise ValueError("give master_key or master_key_file, not both")
        return self

    @property
    def public_url(self) -> str:
        """The address in links and problem types, without a slash at the end."""
        if self.base_url is not None:
            return self.base_url
        host = "127.0.0.1" if self.server.host in {"0.0.0.0", "::"} else self.server.host  # noqa: S104
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{self.server.port}{self.server.root_path}"

    @property
    def database_url(self) -> DatabaseUrl:
        """The database; a file in the data folder unless said otherwise."""
        if self.database.url is not None:
            return self.database.url
        return DatabaseUrl("sqlite", path=self.data_dir / "potluck.db")
