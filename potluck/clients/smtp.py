"""Hands mails to an SMTP server (RFC 5321), one connection each."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage

import aiosmtplib

from potluck.clients.email import MailDelayed, MailRefused
from potluck.core.mail_settings import MailSettings

_MAX_REASON = 300
_GOODBYE_S = 5
#: A connection that fails, a server that talks nonsense.
_BROKEN = (OSError, aiosmtplib.SMTPException)


class SmtpMailer:
    """A mail server; handing over one mail takes at most `timeout_s`.

    `own_name` is how we greet the server. Refusals of the recipient or of the content with 5xx are
    final. All else may be better later: what the server says of itself, of our password or of our
    sender is mended by its operator or by ours. A mail whose reply got lost may arrive twice, with
    the same Message-ID.
    """

    def __init__(self, settings: MailSettings, *, own_name: str) -> None:
        self._settings = settings
        self._own_name = own_name

    @property
    def place(self) -> str:
        return f"{self._settings.host}:{self._settings.server_port}"

    async def send(self, message: EmailMessage) -> None:
        async with self._closing() as server:
            async with self._within_time():
                await self._open(server)
                await self._hand_over(server, message)
            # It is taken: whatever comes of the goodbye, it must not be sent again.
            await _leave(server)

    async def check(self) -> None:
        """Connect, secure, sign in, leave. Raises `MailDelayed`."""
        async with self._closing() as server:
            async with self._within_time():
                await self._open(server)
            await _leave(server)

    @asynccontextmanager
    async def _closing(self) -> AsyncIterator[aiosmtplib.SMTP]:
        """A connection yet to be opened, of which nothing stays."""
        server = await self._client()
        try:
            yield server
        finally:
            server.close()

    @asynccontextmanager
    async def _within_time(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                yield
        except TimeoutError:
            limit = f"{self._settings.timeout_s:g} s"
            raise MailDelayed(f"{self.place} did not answer within {limit}.") from None

    async def _open(self, server: aiosmtplib.SMTP) -> None:
        try:
            await server.connect()
        except aiosmtplib.SMTPResponseException as error:
            raise MailDelayed(self._said(error), code=error.code) from None
        except _BROKEN as error:
            raise self._away(error) from None

    async def _hand_over(self, server: aiosmtplib.SMTP, message: EmailMessage) -> None:
        try:
            await server.send_message(message)
        except aiosmtplib.SMTPNotSupported:
            raise MailRefused(f"{self.place} takes no addresses beyond ASCII.") from None
        except aiosmtplib.SMTPSenderRefused as error:
            raise MailDelayed(self._said(error), code=error.code) from None
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise self._refusal(error.recipients[0]) from None
        except aiosmtplib.SMTPResponseException as error:
            raise self._refusal(error) from None
        except _BROKEN as error:
            raise self._away(error) from None

    async def _client(self) -> aiosmtplib.SMTP:
        settings, security = self._settings, self._settings.security
        password = settings.password
        tls = None if security == "none" else await asyncio.to_thread(self._tls_context)
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.server_port,
            username=settings.username,
            password=password.get_secret_value() if password else None,
            local_hostname=self._own_name,
            timeout=None,  # the whole has one
            use_tls=security == "tls",
            # True and not None: nobody between us and the server can talk us out of TLS.
            start_tls=security == "starttls",
            tls_context=tls,
        )

    def _tls_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        path = self._settings.ca_file
        try:
            if path is not None:
                context.load_verify_locations(path)
        except OSError as error:  # of which SSLError is one
            raise MailDelayed(f"{path} cannot be read: {error.strerror or error}.") from None
        return context

    def _refusal(self, error: aiosmtplib.SMTPResponseException) -> MailDelayed | MailRefused:
        kind = MailRefused if error.code >= 500 else MailDelayed
        return kind(self._said(error), code=error.code)

    def _said(self, error: aiosmtplib.SMTPResponseException) -> str:
        words = " ".join(error.message.split())[:_MAX_REASON]
        return f"{self.place} said {error.code} {words}"

    def _away(self, error: Exception) -> MailDelayed:
        words = " ".join(str(error).split())[:_MAX_REASON].rstrip(".")
        return MailDelayed(f"{self.place} could not be used: {words or type(error).__name__}.")


async def _leave(server: aiosmtplib.SMTP) -> None:
    with suppress(TimeoutError, *_BROKEN):
        async with asyncio.timeout(_GOODBYE_S):
            await server.quit()
