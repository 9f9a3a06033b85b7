"""A real SMTP server on 127.0.0.1 that takes mails, and misbehaves where it is told."""

# ruff: noqa: ARG002 - aiosmtpd says what is handed to its hooks
import asyncio
import email
import email.policy
import logging
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.processes import free_port

#: Its own log would stand between the lines of ours.
logging.getLogger("mail").propagate = False
logging.getLogger("mail").addHandler(logging.NullHandler())

USERNAME, PASSWORD = "potluck@mail.example", "canary-of-the-mail-server"


@dataclass(frozen=True)
class Taken:
    """A mail as it arrived: `sender` and `recipients` are those of the envelope."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    raw: bytes
    is_signed_in: bool
    has_tls: bool


@dataclass
class SmtpServer:
    """Takes mails into `taken`. A reply that is set is said in place of the usual one.

    `certificate` (PEM, with its key) gives it STARTTLS, or TLS from the first byte with
    `is_implicit`; then it also signs in who knows the password. It says nothing to the end of the
    data until `delay_s` have passed.
    """

    certificate: Path | None = None
    is_implicit: bool = False
    needs_sign_in: bool = False
    has_utf8: bool = True
    mail_reply: str | None = None
    rcpt_reply: str | None = None
    data_reply: str | None = None
    delay_s: float = 0
    taken: list[Taken] = field(default_factory=list)
    greeted_as: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        context = None
        if self.certificate is not None:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self.certificate)
        options: dict[str, Any] = {"tls_context": context} if not self.is_implicit else {}
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            ssl_context=context if self.is_implicit else None,
            authenticator=self._signs_in,
            auth_required=self.needs_sign_in,
            enable_SMTPUTF8=self.has_utf8,
            **options,
        )
        self._controller.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._controller.stop()

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, replies: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.greeted_as.append(hostname)
        return replies

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.mail_reply is not None:
            return self.mail_reply
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt_reply is not None:
            return self.rcpt_reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.delay_s)
        if self.data_reply is not None:
            return self.data_reply
        raw = cast("bytes", envelope.original_content)
        parsed = email.message_from_bytes(raw, policy=email.policy.default)
        self.taken.append(
            Taken(
                sender=envelope.mail_from or "",
                recipients=envelope.rcpt_tos,
                message=parsed,
                raw=raw,
                is_signed_in=bool(session.authenticated),
                has_tls=session.ssl is not None or self.is_implicit,
            )
        )
        return "250 Taken"

    def _signs_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        known = LoginPassword(USERNAME.encode(), PASSWORD.encode())
        return AuthResult(success=data == known, handled=False)
