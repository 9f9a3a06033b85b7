"""Mails: written, and handed to what sends them."""

from dataclasses import dataclass
from datetime import datetime

from potluck.clients.email import Mailer, Sender, compose
from potluck.schemas.mail import Mail
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
