"""The kinds of links that do one thing once for whoever holds them, and how long they live."""

from datetime import timedelta
from enum import StrEnum


class LinkKind(StrEnum):
    """What a link does."""

    VERIFY = "verify"
    RESET = "reset"
    EMAIL_CHANGE = "email_change"
    EMAIL_CANCEL = "email_cancel"


#: OWASP ASVS 5.0, 6.4.1 and 6.5.1 ask for short lives. Who was not asked first needs days to notice
#: that somebody is taking the address away from them.
LIVES = {
    LinkKind.VERIFY: timedelta(hours=24),
    LinkKind.RESET: timedelta(minutes=30),
    LinkKind.EMAIL_CHANGE: timedelta(hours=24),
    LinkKind.EMAIL_CANCEL: timedelta(days=7),
}
