"""Writes to people about their account, after the request that asked for it.

What such a request may not tell, whether an address has an account, is asked here.
"""

from potluck.schemas.job import MailAddressChange, MailResetLink, MailSignUp, MailSignUpAgain
from potluck.services import email_changes, password_resets, verified_sign_ups
from potluck.worker.hold import Hold


async def reset_link(hold: Hold, wish: MailResetLink) -> None:
    """Mail the link that resets a password."""
    async with hold.finishing() as session:
        await password_resets.mail_link(session, wish, now=hold.resources.clock.now())


async def sign_up(hold: Hold, wish: MailSignUp) -> None:
    """Mail the link that makes an account."""
    async with hold.finishing() as session:
        await verified_sign_ups.mail_link(session, wish, now=hold.resources.clock.now())


async def sign_up_again(hold: Hold, wish: MailSignUpAgain) -> None:
    """Mail it once more."""
    async with hold.finishing() as session:
        await verified_sign_ups.mail_link_again(session, wish, now=hold.resources.clock.now())


async def address_change(hold: Hold, wish: MailAddressChange) -> None:
    """Mail both addresses."""
    async with hold.finishing() as session:
        await email_changes.mail_links(session, wish, now=hold.resources.clock.now())
