"""What the pages of administration are shown with, by name of the case: template and context."""

from typing import Any

Answer = dict[str, Any]

_ACCOUNT: Answer = {
    "id": "0190a0a0-0000-7000-8000-000000000001",
    "display_name": "Mara",
    "email": "mara@example.org",
    "created_at": "2026-03-01T12:00:00Z",
    "is_instance_admin": True,
    "is_disabled": True,
    "disabled_at": "2026-03-02T12:00:00Z",
}
_SESSION: Answer = {
    "id": "1", "kind": "browser", "device": "Firefox on Linux", "is_current": True,
    "created_at": "2026-03-01T12:00:00Z", "last_seen_at": "2026-03-01T12:00:00Z",
}  # fmt: skip
_TOKEN: Answer = {
    "id": "1", "name": "Scale", "scopes": ["recipes:read"], "hint": "4xyz", "last_used_at": None,
}  # fmt: skip
_LIST: Answer = {
    "values": {"q": "", "show": ""},
    "shows": [("", "All"), ("disabled", "Disabled")],
    "next_cursor": None,
    "is_first_page": True,
}
_ONE: Answer = {
    "account": _ACCOUNT,
    "is_me": True,
    "acts": [("enable", "Enable the account")],
    "sessions": [_SESSION],
    "has_more_sessions": True,
    "tokens": [_TOKEN],
    "has_more_tokens": True,
}

ADMIN_PAGES: dict[str, tuple[str, Answer]] = {
    "admin": ("pages/admin.html", {"counts": [("Accounts", 2)], "facts": [("Version", "1.0")]}),
    "admin, accounts": ("pages/admin_users.html", _LIST | {"accounts": [_ACCOUNT]}),
    "admin, no accounts": ("pages/admin_users.html", _LIST | {"accounts": []}),
    "admin, account": ("pages/admin_user.html", _ONE),
    "admin, account without anything": (
        "pages/admin_user.html",
        _ONE | {"sessions": [], "tokens": [], "acts": [], "is_me": False},
    ),
}
