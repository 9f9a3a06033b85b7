"""One sample of every mail: what the preview shows, and what the snapshots are of."""

from datetime import UTC, datetime

from potluck.domain.roles import Role
from potluck.schemas import mail as mails
from potluck.schemas.mail import Mail

_AT = datetime(2026, 3, 1, 17, 5, tzinfo=UTC)
_UNTIL = datetime(2026, 3, 8, 17, 5, tzinfo=UTC)
_NAME, _HOUSEHOLD = "Zoë O'Neil", "Käthe & Söhne"
#: As long as a link with a token of 256 bits is.
_TOKEN = "#token=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"  # noqa: S105 - the bytes 0 to 31

SAMPLES: tuple[Mail, ...] = (
    mails.WelcomeMail(name=_NAME),
    mails.VerifyEmailMail(name=_NAME, path=f"/verify-email{_TOKEN}", expires_at=_UNTIL),
    mails.SignupExistsMail(name=_NAME, path="/forgot"),
    mails.EmailWantedMail(name=_NAME),
    mails.PasswordResetMail(name=_NAME, path=f"/password-reset/confirm{_TOKEN}", expires_at=_UNTIL),
    mails.PasswordChangedMail(name=_NAME, changed_at=_AT, path="/password-reset"),
    mails.EmailChangeConfirmMail(
        name=_NAME, path=f"/email-change/confirm{_TOKEN}", expires_at=_UNTIL
    ),
    mails.EmailChangeNoticeMail(
        name=_NAME, new_email="zoe@new.example", path=f"/email-change/cancel{_TOKEN}"
    ),
    mails.InvitationMail(
        household=_HOUSEHOLD,
        inviter=_NAME,
        role=Role.EDITOR,
        path=f"/invitations{_TOKEN}",
        expires_at=_UNTIL,
    ),
    mails.TokenReuseMail(name=_NAME, noticed_at=_AT),
    mails.TokenCreatedMail(name=_NAME, token_name="Backup <every night>", created_at=_AT),  # noqa: S106
    mails.AccountDeletionScheduledMail(name=_NAME, until=_UNTIL, path=f"/account/keep{_TOKEN}"),
    mails.ExportReadyMail(name=_NAME, path="/account", expires_at=_UNTIL),
    mails.RoleChangedMail(name=_NAME, household=_HOUSEHOLD, role=Role.ADMIN, actor="Ben"),
    mails.MemberRemovedMail(name=_NAME, household=_HOUSEHOLD, actor="Ben"),
    mails.OwnershipTransferredMail(
        name=_NAME, household=_HOUSEHOLD, previous_owner="Ben", new_owner=_NAME
    ),
    mails.HouseholdDeletedMail(name=_NAME, household=_HOUSEHOLD, actor="Ben", until=_UNTIL),
    mails.TrialMail(),
)
