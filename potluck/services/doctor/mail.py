"""Whether mails leave: the mail server is asked, and sent nothing."""

from collections.abc import AsyncIterator, Iterator

from potluck.clients.email import MailFailure, sender_of
from potluck.clients.smtp import SmtpMailer
from potluck.core.config import Settings
from potluck.core.mail_settings import MailSettings
from potluck.services.doctor.finding import Finding, Patient

CHECK = "mail"
_HOW = "docs/operations/mail.md says how to name one"


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """That there is no mail server is no fault: an operator may do without."""
    settings = patient.settings
    if settings.mail.way != "smtp":
        yield without_server(settings)
        return
    server = SmtpMailer(settings.mail, own_name=sender_of(settings).domain)
    try:
        await server.check()
    except MailFailure as error:
        yield Finding(
            CHECK,
            "error",
            f"Mails do not leave. {error.reason}",
            "Correct what POTLUCK_MAIL__... say of the server, then try: potluck mail test EMAIL",
        )
        return
    found = list(risks(settings.mail))
    for finding in found:
        yield finding
    if not found:
        yield Finding(CHECK, "ok", f"The mail server {server.place} lets us in.")


def without_server(settings: Settings) -> Finding:
    """Where mails go when there is no server to take them. Pure."""
    if settings.mail.way == "file":
        what = f"No mail server is set, so mails go to files in {settings.mail_dir} ({_HOW})."
        return Finding(CHECK, "ok", what)
    return Finding(
        CHECK,
        "warning",
        f"Mails are thrown away: POTLUCK_MAIL__BACKEND is {settings.mail.way}.",
        "Set it to smtp, with a mail server, or to file.",
    )


def risks(settings: MailSettings) -> Iterator[Finding]:
    """What is risky about a server that works. Pure."""
    if settings.security == "none" and not settings.is_this_machine:
        yield Finding(
            CHECK,
            "warning",
            "Mails go to the server without TLS, and with them links that sign in.",
            "Set POTLUCK_MAIL__SECURITY to starttls or tls.",
        )
