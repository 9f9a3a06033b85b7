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

from potluck.core.account_settings import (
    PasswordSettings,
    SessionSettings,
    SignupSettings,
    TokenSettings,
)
from potluck.core.database_url import DatabaseUrl
from potluck.core.mail_settings import MailSettings
from potluck.core.serving_settings import CorsSettings, LogSettings, MetricsSettings, ServerSettings
from potluck.core.setting_section import Section
from potluck.core.setting_types import (
    BaseUrl,
    DatabaseUrlSetting,
    Day,
    HostPorts,
    LinkedPage,
    MasterKeySetting,
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


class JobSettings(Section):
    in_server: bool = Field(
        True,
        description="Serving processes do the background work too; on PostgreSQL it can be left to"
        " `potluck worker`.",
    )
    concurrency: int = Field(4, ge=1, le=64, description="Jobs a process does at the same time.")
    lease_s: float = Field(
        30.0, ge=0.5, le=600, description="A worker not heard of for this long is taken for dead."
    )
    poll_s: float = Field(
        5.0, ge=0.1, le=60, description="Longest until a job is found that nobody told of."
    )
    keep_days: int = Field(
        14,
        ge=1,
        le=365,
        description="Days before ended jobs are forgotten, and the archives they made with them.",
    )


class TrashSettings(Section):
    keep_days: int = Field(30, ge=1, le=3650, description="Days before the trash is emptied.")


class AuditSettings(Section):
    keep_days: int = Field(
        400, ge=30, le=3650, description="Days before an event of the audit is removed."
    )


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
    jobs: JobSettings = JobSettings()
    audit: AuditSettings = AuditSettings()
    throttle: ThrottleSettings = ThrottleSettings()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Settings":
        if self.signup.verify_email and self.mail.way == "none":
            raise ValueError("signup.verify_email needs mail: set mail.host")
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
    def exports_dir(self) -> Path:
        """The folder of archives of people's data, where replicas share the pictures too."""
        return self.media_dir / "exports"

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
