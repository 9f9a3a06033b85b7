"""The settings: what an operator may say, with defaults that are right for one household.

Sources, later wins: defaults, `.env`, a folder of secret files (`POTLUCK_SECRETS_DIR`), the
environment, and flags of the command line. Names are `POTLUCK_` + the path with `__`, such as
`POTLUCK_DATABASE__URL`. `potluck.core.config_loading` reads the sources.
"""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from potluck.core.access_claims import OwnClaims
from potluck.core.database_url import DatabaseUrl
from potluck.core.mail_settings import MailSettings
from potluck.core.setting_section import Section
from potluck.core.setting_types import (
    BaseUrl,
    DatabaseUrlSetting,
    Day,
    HostNames,
    HostPorts,
    LinkedPage,
    MasterKeySetting,
    Origins,
    Proxies,
    Subreddits,
    from_json,
)
from potluck.core.throttle_settings import ThrottleSettings


class DatabaseSettings(Section):
    url: DatabaseUrlSetting = Field(
        None, description="Where the data live; left out, potluck.db in the data folder."
    )
    sqlite_driver: Literal["loop", "aiosqlite"] = Field(
        "loop", description="How SQLite is driven: on the event loop, or in threads of aiosqlite."
    )
    pool_size: int = Field(10, ge=1, le=500, description="Connections a process may open.")
    pool_timeout_s: float = Field(
        2.0, gt=0, le=60, description="Longest wait for a free connection, then 503."
    )
    statement_timeout_s: float = Field(
        5.0, gt=0, le=600, description="Longest run of one statement, then 503."
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
    encrypted: bool = Field(
        False, description="New access tokens can be read by nobody but Potluck (JWE)."
    )
    claims: OwnClaims = OwnClaims()


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


class MediaSettings(Section):
    max_bytes: int = Field(
        20_000_000, ge=100_000, le=100_000_000, description="Largest picture that may be sent."
    )
    max_pixels: int = Field(
        40_000_000, ge=1_000_000, le=200_000_000, description="Most pixels of a picture."
    )


class IdeasSettings(Section):
    subreddits: Subreddits = Field(
        ["recipes", "easyrecipes", "TopSecretRecipes"],
        max_length=20,
        description="Where ideas come from; empty for none.",
    )
    timeout_s: float = Field(5.0, gt=0, le=30, description="Longest wait for one source.")
    cache_s: int = Field(900, ge=0, le=86_400, description="A source is asked again after this.")


class RedditSettings(Section):
    base_url: BaseUrl = Field(
        "https://www.reddit.com", description="Where tokens and public lists come from."
    )
    oauth_url: BaseUrl = Field(
        "https://oauth.reddit.com", description="Where lists are read with a token."
    )
    client_id: str | None = Field(None, description="Id of the script app registered there.")
    client_secret: SecretStr | None = Field(None, description="Its secret.")


class CorsSettings(Section):
    origins: Origins = Field([], description="Exact origins whose scripts may call the API.")


class LogSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least that is written."
    )
    format: Literal["json", "console"] = Field(
        "console", description="One JSON object a line, or lines for people."
    )


class MetricsSettings(Section):
    enabled: bool = Field(False, description="Serve /metrics for Prometheus on a port of its own.")
    host: str = Field("127.0.0.1", description="Address to serve it on; it asks for no password.")
    port: int = Field(
        9464, ge=1, le=65535, description="Its port; each further worker takes the next free one."
    )


class ServerSettings(Section):
    host: str = Field("127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    workers: int = Field(1, ge=1, le=64, description="Serving processes.")
    root_path: str = Field(
        "", pattern=r"^(/[^/?#]+)*$", description="Sub-path a proxy serves us under, like /kitchen."
    )
    hosts: HostNames = Field(
        [], description="Further names we are asked for by, besides that of the base_url."
    )
    trusted_proxies: Proxies = Field(
        [], description="Addresses or networks whose X-Forwarded-* headers are believed."
    )
    drain_s: float = Field(
        1.0, ge=0, le=60, description="After SIGTERM: not ready this long before the socket closes."
    )
    shutdown_s: int = Field(30, ge=1, le=600, description="Longest wait for running requests.")
    header_timeout_s: float = Field(
        10.0, gt=0, le=300, description="Longest arrival of a request's headers, then 408."
    )
    body_grace_s: float = Field(
        10.0, gt=0, le=300, description="A body slower than 1 KiB/s gets 408 after this."
    )
    send_timeout_s: float = Field(
        60.0,
        gt=0,
        le=3600,
        description="Hang up on a client that takes less than 1 KiB/s of its answer.",
    )


class TrashSettings(Section):
    keep_days: int = Field(30, ge=1, le=3650, description="Days before the trash is emptied.")


class Deprecation(Section):
    """Since when a part of the API should no longer be used, until when it answers, what to do."""

    since: Day
    sunset: Day | None = None
    link: LinkedPage

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Deprecation":
        # RFC 9745, section 4.
        if self.sunset is not None and self.sunset < self.since:
            raise ValueError("sunset must not be earlier than since")
        return self


PathPrefix = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._~-]+)+$")]
Deprecations = Annotated[dict[PathPrefix, Deprecation], NoDecode, BeforeValidator(from_json)]


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
    base_url: BaseUrl | None = Field(
        None, description="Address people type; left out, http://host:port of the server."
    )
    api_v1_prefix: str = Field(
        "/api/v1", pattern=r"^(/[a-z0-9._-]+)+$", description="Where version 1 of the API lives."
    )
    deprecations: Deprecations = Field(
        {},
        description="What will go away, by prefix, in JSON: "
        '`{"/api/v1": {"since": "2027-01-01", "sunset": "2028-01-01", "link": "https://..."}}`.',
    )
    docs: bool = Field(True, description="Serve the API's own documentation page.")
    robots: Literal["allow", "deny"] = Field(
        "allow", description="Whether search engines may list what is public."
    )
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
    media: MediaSettings = MediaSettings()
    ideas: IdeasSettings = IdeasSettings()
    reddit: RedditSettings = RedditSettings()
    cors: CorsSettings = CorsSettings()
    mail: MailSettings = MailSettings()
    log: LogSettings = LogSettings()
    metrics: MetricsSettings = MetricsSettings()
    server: ServerSettings = ServerSettings()
    trash: TrashSettings = TrashSettings()
    throttle: ThrottleSettings = ThrottleSettings()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Settings":
        if self.insecure_local_http and self.public_url.startswith("https://"):
            raise ValueError("insecure_local_http cannot be used with an https base_url")
        if self.mail.preview and self.public_url.startswith("https://"):
            raise ValueError("mail.preview is for development, not for an https base_url")
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
    def own_hosts(self) -> frozenset[str]:
        """The names, in lower case, that requests may be for; empty when any will do."""
        named = urlsplit(self.base_url).hostname if self.base_url is not None else None
        return frozenset([*self.server.hosts, *([named] if named else ())])

    @property
    def media_dir(self) -> Path:
        """The folder of the pictures' files."""
        return self.data_dir / "media"

    @property
    def mail_dir(self) -> Path:
        """The folder of mails that no server takes."""
        return self.data_dir / "mail"

    @property
    def database_url(self) -> DatabaseUrl:
        """The database; a file in the data folder unless said otherwise."""
        if self.database.url is not None:
            return self.database.url
        return DatabaseUrl("sqlite", path=self.data_dir / "potluck.db")
