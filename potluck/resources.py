"""What a process opens once and every unit of work uses: the same for HTTP and the command line."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from potluck.clients.email import FileMailer, Mailer, MemoryMailer, NoMailer, sender_of
from potluck.clients.fetcher import Fetcher, GuardedFetcher
from potluck.clients.ideas import IdeasSource
from potluck.clients.media_store import MediaStore
from potluck.clients.reddit import RedditClient
from potluck.clients.smtp import SmtpMailer
from potluck.core import master_key
from potluck.core.access_token import AccessTokens
from potluck.core.clock import Clock, SystemClock
from potluck.core.config import Settings
from potluck.core.cursor import Cursors
from potluck.core.lifecycle import PROCESS, Lifecycle
from potluck.core.master_key import MasterKey
from potluck.core.passwords import PasswordHasher
from potluck.db.bells import Bell
from potluck.db.session import Database
from potluck.services import audit
from potluck.services.doctor.finding import Patient
from potluck.services.ideas import IdeasMemory
from potluck.services.mail_text import MailTexts
from potluck.services.mails import Mails
from potluck.services.page_reading import PageReader
from potluck.services.personal_token_key import PersonalTokenKey
from potluck.services.picture_intake import PictureIntake
from potluck.services.pictures import PictureProcessor
from potluck.services.sign_ins import SignIns
from potluck.services.signing_keys import KeyRing, sealing_key
from potluck.services.spoken_languages import SpokenLanguages
from potluck.services.throttling import Throttle


@dataclass
class Resources:
    """Open for the life of a process; tests hand in their own clock and fetcher."""

    settings: Settings
    clock: Clock
    master_key: MasterKey
    database: Database
    passwords: PasswordHasher
    keys: KeyRing
    tokens: AccessTokens
    cursors: Cursors
    fetcher: Fetcher
    page_reader: PageReader
    languages: SpokenLanguages
    media_store: MediaStore
    pictures: PictureIntake
    ideas_source: IdeasSource
    ideas_memory: IdeasMemory
    throttle: Throttle
    sign_ins: SignIns
    mails: Mails
    csrf_key: bytes = field(repr=False)
    personal_token_key: PersonalTokenKey
    lifecycle: Lifecycle = field(default_factory=lambda: PROCESS)


@asynccontextmanager
async def open_resources(
    settings: Settings, *, clock: Clock | None = None, fetcher: Fetcher | None = None
) -> AsyncIterator[Resources]:
    """Open everything, and close it in reverse order; nothing connects before it is used.

    Raises `ConfigError` when the master key cannot be had.
    """
    clock = clock or SystemClock()
    key = open_master_key(settings)
    async with AsyncExitStack() as stack:
        database = open_database(settings, key)
        stack.push_async_callback(database.dispose)
        if fetcher is None:
            fetcher = await stack.enter_async_context(open_fetcher(settings, clock))
        media_store = MediaStore(settings.media_dir)
        throttle = Throttle(database.transaction, clock, key.derive("throttle"), settings.throttle)
        processor = await stack.enter_async_context(PictureProcessor(settings.media.max_pixels))
        yield Resources(
            settings=settings,
            clock=clock,
            master_key=key,
            database=database,
            passwords=open_passwords(settings),
            keys=KeyRing(database.reading, key, clock, settings.tokens.access_s),
            tokens=open_tokens(settings, clock),
            cursors=Cursors(key.derive("cursor")),
            fetcher=fetcher,
            page_reader=await stack.enter_async_context(PageReader()),
            languages=SpokenLanguages(database.bells[Bell.LANGUAGES], clock),
            media_store=media_store,
            pictures=PictureIntake(processor, media_store),
            ideas_source=await stack.enter_async_context(
                RedditClient(settings.reddit, clock=clock, timeout_s=settings.ideas.timeout_s)
            ),
            ideas_memory=IdeasMemory(clock),
            throttle=throttle,
            sign_ins=SignIns(throttle, key.derive("known-device")),
            mails=open_mails(settings),
            csrf_key=key.derive("csrf"),
            personal_token_key=PersonalTokenKey(database.reading, key),
        )


def open_database(settings: Settings, key: MasterKey) -> Database:
    """The database the settings name, with what it takes to leave jobs and write the audit."""
    info = {audit.SEALING_KEY: sealing_key(key)}
    job_key = key.derive("job")
    return Database(settings.database_url, settings.database, job_key=job_key, info=info)


@asynccontextmanager
async def open_patient(settings: Settings, *, clock: Clock) -> AsyncIterator[Patient]:
    """An installation to look at: nothing is made, and what opens the database cannot write."""
    # A whole SQLite file is checked in one statement.
    limits = settings.database.model_copy(update={"statement_timeout_s": 600.0})
    database = Database(settings.database_url, limits)
    try:
        yield Patient(settings, clock, database.reading, MediaStore(settings.media_dir))
    finally:
        await database.dispose()


def open_master_key(settings: Settings) -> MasterKey:
    """The master key the settings name, made in the data folder when there is none yet."""
    given = settings.master_key.get_secret_value() if settings.master_key else None
    return master_key.load_or_create(
        settings.data_dir, given=given, given_file=settings.master_key_file
    )


def open_fetcher(settings: Settings, clock: Clock) -> GuardedFetcher:
    """The way to other sites, with the limits and exceptions that the settings name."""
    return GuardedFetcher(
        clock=clock,
        allow=settings.fetch.allow,
        timeout_s=settings.fetch.timeout_s,
        max_bytes=settings.fetch.max_bytes,
        max_picture_bytes=settings.media.max_bytes,
    )


def open_mails(settings: Settings) -> Mails:
    """What writes mails and sends them the way the settings name."""
    sender = sender_of(settings)
    return Mails(MailTexts(settings.public_url), open_mailer(settings, sender.domain), sender)


def open_mailer(settings: Settings, own_name: str) -> Mailer:
    """The way of mails that the settings name; nothing connects before there is a mail."""
    match settings.mail.way:
        case "smtp":
            return SmtpMailer(settings.mail, own_name=own_name)
        case "file":
            return FileMailer(settings.mail_dir)
        case "memory":
            return MemoryMailer()
        case "none":
            return NoMailer()


def open_passwords(settings: Settings) -> PasswordHasher:
    """A hasher with the cost the settings name."""
    cost = settings.password
    return PasswordHasher(
        memory_kib=cost.memory_kib, time_cost=cost.time_cost, parallelism=cost.parallelism
    )


def open_tokens(settings: Settings, clock: Clock) -> AccessTokens:
    """Signs and verifies access tokens for this instance's address."""
    return AccessTokens(
        issuer=settings.public_url,
        audience=settings.public_url + "/api",
        clock=clock,
        lifetime_s=settings.tokens.access_s,
        own_claims=settings.tokens.claims,
        is_encrypted=settings.tokens.encrypted,
    )
