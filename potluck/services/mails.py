"""Mails: written, and handed to what sends them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from potluck.clients.email import Mailer, Sender, compose
from potluck.schemas.job import SendMail
from potluck.schemas.mail import Mail
from potluck.services import jobs
from potluck.services.mail_text import MailTexts


@dataclass(frozen=True)
class Mails:
    """Writes the mails of this instance and hands them over."""

    texts: MailTexts
    mailer: Mailer
    sender: Sender

    async def send_now(self, mail: Mail, *, to: str, locale: str, id: str, now: datetime) -> None:
        """Send a mail, and wait until it is handed over: never with a session open.

        The same `id` makes it the same mail (`Message-ID`), however often it is sent. Raises
        `MailDelayed`, `MailRefused`.
        """
        letter = self.texts.write(mail, locale)
        await self.mailer.send(compose(letter, sender=self.sender, to=to, id=id, at=now))


async def send_later(
    session: AsyncSession, mail: Mail, *, to: str, locale: str, now: datetime
) -> None:
    """Send a mail once the unit of work is committed, and never if it is not.

    Until then it lies sealed in the database, with the links that it holds.
    """
    await jobs.enqueue(session, SendMail(mail=mail, to=to, locale=locale), now=now)


def is_pointless(mail: Mail, now: datetime) -> bool:
    """Whether what the mail leads to has ended before it left."""
    expires_at: datetime | None = getattr(mail, "expires_at", None)
    return expires_at is not None and expires_at <= now
