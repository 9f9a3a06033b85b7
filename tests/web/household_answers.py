"""Contexts of the pages of households and invitations, as `answers` has them of the others."""

from typing import Any

from markupsafe import Markup

Answer = dict[str, Any]

_ID = "0190a0a0-0000-7000-8000-0000000000a1"


def member(**changes: Any) -> Answer:
    return {
        "user_id": _ID, "display_name": "Mara", "role": "owner", "words": "Owner",
        "joined_at": "2026-03-01T12:00:00Z", "is_self": True,
        "is_changeable": True, "is_removable": False,
    } | changes  # fmt: skip


def invitation(**changes: Any) -> Answer:
    return {
        "id": _ID, "role": "viewer", "words": "Viewer", "email": None, "is_revocable": True,
        "created_at": "2026-03-01T12:00:00Z", "expires_at": "2026-03-08T12:00:00Z",
    } | changes  # fmt: skip


_LISTED = {"id": _ID, "name": "Mara's kitchen", "role": "Owner", "is_current": True}
_HOUSEHOLD: Answer = {
    "household": {"id": _ID, "name": "Mara's kitchen", "etag": '"x"'},
    "role": "Owner", "self_id": _ID, "is_current": True, "may_manage": True, "is_owner": True,
    "members": [member()], "next_cursor": None, "is_first_page": True, "invitations": [],
    "made": None, "roles": [("owner", "Owner"), ("viewer", "Viewer")],
    "values": {"once": "N4me", "role": "viewer"}, "errors": {},
}  # fmt: skip
_INVITATION: Answer = {
    "invitation": {
        "household_name": "Mara's kitchen", "inviter_name": "Mara",
        "expires_at": "2026-03-08T12:00:00Z",
    },
    "role": "Viewer", "token": "pin_x", "here": "/invitations?token=pin_x", "errors": {},
    "can_sign_up": True,
}  # fmt: skip

HOUSEHOLD_PAGES: dict[str, tuple[str, Answer]] = {
    "households": (
        "pages/households.html",
        {
            "households": [_LISTED, _LISTED | {"is_current": False}],
            "trashed": [{"id": _ID, "name": "Cabin", "purge_at": "2026-04-01T12:00:00Z"}],
            "values": {"once": "N4me"},
            "errors": {},
        },
    ),
    "households, none": (
        "pages/households.html",
        {
            "households": [],
            "trashed": [],
            "values": {"once": "N4me"},
            "errors": {"name": "This is needed."},
        },
    ),
    "household": (
        "pages/household.html",
        _HOUSEHOLD
        | {
            "members": [member(), member(is_self=False, is_removable=True)],
            "invitations": [invitation(), invitation(email="bob@example.org", is_revocable=False)],
        },
    ),
    "household, invited": (
        "pages/household.html",
        _HOUSEHOLD
        | {
            "made": {
                "url": "https://potluck.test/invitations?token=pin_x",
                "expires_at": "2026-03-08T12:00:00Z",
                "qr": Markup("<svg></svg>"),
            },
        },
    ),
    "household, refused": (
        "pages/household.html",
        _HOUSEHOLD | {"errors": {"email": "No.", "time_zone": "No."}},
    ),
    "household, for a viewer": (
        "pages/household.html",
        _HOUSEHOLD
        | {
            "role": "Viewer",
            "may_manage": False,
            "is_owner": False,
            "members": [member(is_self=False, is_changeable=False)],
            "is_current": False,
            "next_cursor": "x",
            "is_first_page": False,
        },
    ),
    "invitation": ("pages/invitation.html", _INVITATION),
    "invitation, refused": ("pages/invitation.html", _INVITATION | {"errors": {"": "No."}}),
    "invitation, void": (
        "pages/invitation.html",
        _INVITATION | {"invitation": None, "role": None},
    ),
}
