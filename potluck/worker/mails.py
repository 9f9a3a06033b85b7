"""Sends the mails that a unit of work asked for."""

import structlog

from potluck.clients.email import MailDelayed, MailFailure, MailRefused
from potluck.schemas.job import SendMail
from potluck.services.mails import is_pointless
from potluck.worker.given_up import GivenUp, NotYet
from potluck.worker.hold import Hold

log = structlog.get_logger(__name__)


async def send(hold: Hold, wish: SendMail) -> None:
    """Hand one mail over; no database connection is held meanwhile.

    A worker that ends between the server's yes and its own note sends the mail again: it has the
    id of the job, so mail programs can tell that it is the same.
    """
    resources, now = hold.resources, hold.resources.clock.now()
    if is_pointless(wish.mail, now):
        raise GivenUp("mail-expired")
    try:
        await resources.mails.send_now(
            wish.mail, to=wish.to, locale=wish.locale, id=str(hold.job.id), now=now
        )
    except MailRefused as failure:
        raise GivenUp(_told("mail-refused", wish, failure)) from None
    except MailDelayed as failure:
        raise NotYet(_told("mail-delayed", wish, failure)) from None
    log.info("mail_sent", mail=wish.mail.kind)


def _told(slug: str, wish: SendMail, failure: MailFailure) -> str:
    """The word for the list. Of the reply the log gets the number: its words name people."""
    log.warning("mail_failed", mail=wish.mail.kind, reason=slug, code=failure.code)
    return slug if failure.code is None else f"{slug}-{failure.code}"
