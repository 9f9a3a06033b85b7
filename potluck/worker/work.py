"""What is done for each kind of job."""

from collections.abc import Awaitable, Callable
from typing import Any

from potluck.schemas.job import (
    ExportAccount,
    FetchCover,
    JobPayload,
    KeepHouse,
    MailAddressChange,
    MailResetLink,
    MailSignUp,
    MailSignUpAgain,
    SendMail,
)
from potluck.worker import account_mails, covers, exports, housekeeping, mails
from potluck.worker.hold import Hold

#: A function does the work outside of a unit of work first, then has its effect within
#: `Hold.finishing`. One that raises is tried again; `GivenUp` says that this is no use.
Work = Callable[[Hold, Any], Awaitable[None]]

WORK: dict[type[JobPayload], Work] = {
    ExportAccount: exports.make,
    FetchCover: covers.fetch,
    KeepHouse: housekeeping.keep_house,
    MailAddressChange: account_mails.address_change,
    MailResetLink: account_mails.reset_link,
    MailSignUp: account_mails.sign_up,
    MailSignUpAgain: account_mails.sign_up_again,
    SendMail: mails.send,
}
