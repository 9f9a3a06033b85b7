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
_JOB: Answer = {
    "id": "0190a0a0-0000-7000-8000-000000000001", "name": "Send mail", "state": "failed",
    "error": "mail-refused-550", "tries": 2, "progress": None, "user_id": None,
    "created_at": "2026-03-01T12:00:00Z", "run_at": "2026-03-01T12:00:00Z",
    "ended_at": "2026-03-01T12:00:00Z",
}  # fmt: skip
_JOBS: Answer = {
    "jobs": [
        _JOB,
        _JOB | {"state": "queued", "error": None, "tries": 1, "ended_at": None},
        _JOB | {"state": "running", "progress": {"done": 1, "total": 2}, "ended_at": None},
        _JOB | {"state": "succeeded", "user_id": "0190a0a0-0000-7000-8000-000000000001"},
    ],
    "values": {"state": "", "kind": ""},
    "states": [("", "All"), ("failed", "Failed")],
    "kinds": [("", "All"), ("send-mail", "Send mail")],
    "next_cursor": "x",
    "is_first_page": False,
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

_EVENT: Answer = {
    "seq": 12, "at": "2026-03-01T12:00:00Z", "outcome": "refused", "words": "A member was added",
    "about": "role: editor", "actor_id": "0190a0a0-0000-7000-8000-000000000001",
    "credential_kind": "session", "target_type": "user", "client": "Firefox on Linux",
    "target_id": "0190a0a0-0000-7000-8000-000000000001", "ip_prefix": "203.0.113.0/24",
    "is_own": True,
}  # fmt: skip
_EVENTS: Answer = {
    "events": [
        _EVENT,
        _EVENT | {"outcome": "done", "actor_id": None, "target_type": None, "about": ""},
        _EVENT | {"target_type": "session", "client": None, "ip_prefix": None, "is_own": False},
    ],
    "values": {"action": "member.added"},
    "errors": {},
    "actions": [("", "All"), ("member.added", "A member was added")],
    "outcomes": [("", "All"), ("done", "Done")],
    "next_cursor": "x",
    "is_first_page": False,
}

ADMIN_PAGES: dict[str, tuple[str, Answer]] = {
    "admin": (
        "pages/admin.html",
        {"counts": [("Accounts", 2)], "jobs": [("Failed", 0)], "facts": [("Version", "1.0")]},
    ),
    "admin, jobs": ("pages/admin_jobs.html", _JOBS),
    "admin, no jobs": (
        "pages/admin_jobs.html",
        _JOBS | {"jobs": [], "next_cursor": None, "is_first_page": True},
    ),
    "admin, accounts": ("pages/admin_users.html", _LIST | {"accounts": [_ACCOUNT]}),
    "admin, no accounts": ("pages/admin_users.html", _LIST | {"accounts": []}),
    "audit": ("pages/admin_audit.html", _EVENTS),
    "audit, none": (
        "pages/admin_audit.html",
        _EVENTS | {"events": [], "next_cursor": None, "is_first_page": True},
    ),
    "audit, refused": (
        "pages/admin_audit.html",
        _EVENTS | {"events": [], "errors": {"actor_id": "This is no id."}},
    ),
    "security": ("pages/security.html", _EVENTS),
    "security, none": (
        "pages/security.html",
        _EVENTS | {"events": [], "next_cursor": None, "is_first_page": True},
    ),
    "admin, account": ("pages/admin_user.html", _ONE),
    "admin, account without anything": (
        "pages/admin_user.html",
        _ONE | {"sessions": [], "tokens": [], "acts": [], "is_me": False},
    ),
}
