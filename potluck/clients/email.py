"""Where mails go: to a server, into files, into memory, or nowhere.

A mail that could not be handed over is either tried again (`MailDelayed`) or given up
(`MailRefused`): a server that is away, busy or will not let us in says nothing about the mail.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import idna
import structlog
from anyio import lowlevel, to_thread

from potluck.core.config import Settings
from potluck.domain.email_address import is_email_address

log = structlog.get_logger(__name__)

#: The newest mails that are kept where no server takes them.
KEPT_FILES = 500
KEPT_IN_MEMORY = 100


class MailFailure(Exception):
    """A mail was not handed over.

    `reason` is one sentence for operators; `code` is the reply of the server (RFC 5321, 4.2), None
    where there was none.
    """

    def __init__(self, reason: str, *, code: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


class MailDelayed(MailFailure):
    """Not now: the same mail may be taken later."""


class MailRefused(MailFailure):
    """Never: the server, or we, will not take this mail for this address."""


class Mailer(Protocol):
    """A way for mails."""

    @property
    def place(self) -> str:
        """Where mails go, in words for operators; without secrets."""
        ...

    async def send(self, message: EmailMessage) -> None:
        """Hand over one mail to the address in `To`. Raises `MailDelayed`, `MailRefused`."""
        ...


@dataclass(frozen=True)
class Letter:
    """What a mail says, in the language (BCP 47) that it is written in."""

    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True)
class Sender:
    """Who mails are from; `domain` also stands behind the @ of every Message-ID."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The host of the address, in ASCII."""
        return self.address.rpartition("@")[2]


def sender_of(settings: Settings) -> Sender:
    """The sender that the settings name, or `potluck@` the host that people type.

    A host that is an address of a network becomes a domain literal (RFC 5321, 4.1.3).
    """
    address = settings.mail.from_address
    if address is None:
        host = urlsplit(settings.public_url).hostname or "localhost"
        try:
            address = f"potluck@{_domain(host)}"
        except MailRefused:
            address = "potluck@localhost"
    return Sender(settings.mail.from_name, address)


def compose(letter: Letter, *, sender: Sender, to: str, id: str, at: datetime) -> EmailMessage:
    """The whole mail, text and HTML side by side.

    The Message-ID is made of `id`, so that the same mail sent twice is known as one. No machine is
    to answer it (RFC 3834, section 5). Raises `MailRefused` for what is no address.
    """
    if not is_email_address(to):
        raise MailRefused("This is not an address that mail can go to.")
    local, _, host = to.rpartition("@")
    message = EmailMessage(policy=SMTP)
    # One line whatever names hold: a line break in a header would begin another header.
    message["Subject"] = one_line(letter.subject)
    message["From"] = Address(one_line(sender.name), *sender.address.rsplit("@", 1))
    message["To"] = Address("", local, _domain(host))
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{id}@{sender.domain.strip('[]').replace(':', '.')}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message["Content-Language"] = letter.language
    return message


def one_line(text: str) -> str:
    """The text with each run of blanks, line breaks and control characters as one space."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


@dataclass(frozen=True)
class FileMailer:
    """Writes each mail into a file that mail programs open; the oldest give way.

    The files hold links that sign in: nobody but the owner of the folder reads them.
    """

    folder: Path

    @property
    def place(self) -> str:
        return f"a file in {self.folder}"

    async def send(self, message: EmailMessage) -> None:
        await to_thread.run_sync(self._write, message)

    def _write(self, message: EmailMessage) -> None:
        id = str(message["Message-ID"]).strip("<>").partition("@")[0]
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = self.folder / f"{id}.part"
            part.touch(mode=0o600)
            part.write_bytes(message.as_bytes())
            part.rename(part.with_suffix(".eml"))
            # Ids begin with their time, so names in order are mails in order.
            for old in sorted(self.folder.glob("*.eml"))[:-KEPT_FILES]:
                old.unlink(missing_ok=True)
        except OSError as error:
            raise MailDelayed(f"{self.folder} cannot be written: {error.strerror}.") from None


class MemoryMailer:
    """Keeps the newest mails of this process, the newest last."""

    def __init__(self) -> None:
        self.sent: deque[EmailMessage] = deque(maxlen=KEPT_IN_MEMORY)

    @property
    def place(self) -> str:
        return "the memory of this process"

    async def send(self, message: EmailMessage) -> None:
        self.sent.append(message)
        await lowlevel.checkpoint()


class NoMailer:
    """Drops every mail, and tells the log that it did."""

    @property
    def place(self) -> str:
        return "nowhere, as POTLUCK_MAIL__BACKEND says"

    async def send(self, message: EmailMessage) -> None:
        log.info("mail_dropped", message_id=str(message["Message-ID"]))
        await lowlevel.checkpoint()


def _domain(host: str) -> str:
    """A host as it stands behind an @: in ASCII (RFC 5891), networks' addresses in brackets."""
    if ":" in host:
        return f"[IPv6:{host}]"
    if host.replace(".", "").isdecimal():
        return f"[{host}]"
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise MailRefused("The host of the address is no name that mail can go to.") from None
