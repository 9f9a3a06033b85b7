"""Whether new passwords are compared with those that have leaked."""

from collections.abc import AsyncIterator

from potluck.core import breach_list
from potluck.services.doctor.finding import Finding, Patient

CHECK = "passwords"


async def look(patient: Patient) -> AsyncIterator[Finding]:  # noqa: ARG001 - like every check
    """That there is no list is no fault: it is an extra, and an operator may do without."""
    if breach_list.is_installed():
        yield Finding(CHECK, "ok", "New passwords are compared with a list of leaked ones.")
    else:
        yield Finding(
            CHECK,
            "ok",
            "New passwords are not compared with leaked ones, as no list is installed"
            " (docs/reference/passwords.md says how).",
        )
