"""How recent a sign-in must be for what decides over an account or a household as a whole."""

from datetime import datetime, timedelta

#: OWASP ASVS 5.0, 7.5.1 and 7.5.3 ask for a new proof before such changes and name no time. Long
#: enough to sign in and find the page, short enough for a device that was left open.
MAX_AGE = timedelta(minutes=10)


def is_recent(auth_at: datetime | None, now: datetime) -> bool:
    """Whether somebody who proved who they are at `auth_at` did so lately; None is never."""
    return auth_at is not None and now - auth_at <= MAX_AGE
