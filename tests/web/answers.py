"""Answers of the API as the pages get them, and one full context for each page."""

from datetime import UTC, datetime
from typing import Any

from tests.web.admin_answers import ADMIN_PAGES
from tests.web.household_answers import HOUSEHOLD_PAGES

Answer = dict[str, Any]

RECIPE_ID = "0190a0a0-0000-7000-8000-000000000001"
FLOUR_ID = "0190a0a0-0000-7000-8000-0000000000f1"
TIMER_ID = "0190a0a0-0000-7000-8000-0000000000a1"


def exact(n: int, d: int = 1) -> Answer:
    return {"kind": "exact", "min": {"n": n, "d": d}, "max": {"n": n, "d": d}}


def line(**changes: Any) -> Answer:
    """An ingredient line that nobody parsed: "2 eggs"."""
    return {
        "id": "0190a0a0-0000-7000-8000-0000000000f9",
        "kind": "ingredient",
        "quantity": {"kind": "none", "min": None, "max": None},
        "unit_text": None,
        "unit_id": None,
        "food_text": None,
        "food_id": None,
        "package": None,
        "plus": [],
        "preparation": None,
        "note": None,
        "optional": False,
        "alt_group": None,
        "alt_rank": None,
        "scaling": {"kind": "linear", "step": None},
        "original_text": "2 eggs",
        "parse": None,
    } | changes


def flour(**changes: Any) -> Answer:
    return line(
        id=FLOUR_ID,
        quantity=exact(3, 2),
        unit_text="cup",
        food_text="flour",
        original_text="1 1/2 cups flour",
    ) | (changes)


def step(text: str, **changes: Any) -> Answer:
    timer = {"id": TIMER_ID, "label": None, "min_s": 2400, "max_s": 2400, "source": "typed"}
    return {
        "id": "0190a0a0-0000-7000-8000-0000000000b1",
        "title": None,
        "text": text,
        "ingredients": [],
        "timers": [timer],
        "active_s": None,
        "passive_s": None,
    } | changes


def recipe(**changes: Any) -> Answer:
    return {
        "id": RECIPE_ID,
        "household_id": "0190a0a0-0000-7000-8000-00000000000a",
        "author_id": None,
        "slug": "apple-cake",
        "version": 3,
        "revision": 2,
        "imported_via": None,
        "created_at": "2025-11-02T08:00:00Z",
        "updated_at": "2025-11-20T23:30:00Z",
        "title": "Apple cake",
        "summary": "With *cinnamon*.",
        "language": "en",
        "status": "published",
        "visibility": "household",
        "tags": [{"id": "0190a0a0-0000-7000-8000-0000000000c1", "kind": "free", "name": "Cake"}],
        "ingredient_groups": [{"id": "g", "name": "Dough", "lines": [flour(), line()]}],
        "sections": [
            {"id": "s", "name": None, "steps": [step("Mix."), step("Bake.", title="The oven")]},
            {"id": "t", "name": "To serve", "steps": [step("Cut.", title="The knife")]},
        ],
        "times": {
            "prep": None,
            "cook": {"min_s": 2400, "max_s": 3000, "original_text": None},
            "rest": None,
            "total": {"min_s": 3900, "max_s": 3900, "original_text": None},
        },
        "yields": {
            "servings": {"n": 8, "d": 1},
            "amount": {"n": 1, "d": 1},
            "noun": "cake",
            "original_text": "1 cake (8 slices)",
        },
        "source": {
            "url_original": "https://www.example.org/cake?a=1&b=2",
            "url_canonical": None,
            "site": None,
            "author": "Nora",
            "licence_note": None,
        },
        "image_url": "https://pictures.example.org/cake.jpg",
        "equipment": ["26 cm tin"],
        "nutrition": {
            "basis": "per_serving",
            "source": "manual",
            "values": {"energy": {"amount": "731", "unit": "kcal"}},
            "coverage": None,
        },
        "notes": [{"id": "n", "title": "Next time", "text": "Less sugar."}],
    } | changes


def bare_recipe() -> Answer:
    """A recipe of which nothing is known but the title."""
    nothing = dict.fromkeys(("prep", "cook", "rest", "total"))
    source = dict.fromkeys(("url_original", "url_canonical", "site", "author", "licence_note"))
    lists = ("tags", "ingredient_groups", "sections", "equipment", "notes")
    return recipe(
        summary=None,
        times=nothing,
        yields=None,
        source=source,
        nutrition=None,
        image_url=None,
        **{name: [] for name in lists},
    )


def draft() -> Answer:
    """What an import answers: the writable members."""
    read_only = ("id", "household_id", "author_id", "slug", "version", "revision", "imported_via")
    stamps = ("created_at", "updated_at")
    whole = recipe(tags=[{"name": "Cake", "kind": "free"}])
    return {name: value for name, value in whole.items() if name not in read_only + stamps}


def summary(**changes: Any) -> Answer:
    return {
        "id": RECIPE_ID,
        "title": "Apple cake",
        "slug": "apple-cake",
        "language": "en",
        "status": "published",
        "total_time_s": 3900,
        "servings": {"n": 8, "d": 1},
        "deleted_at": "2025-11-02T08:00:00Z",
        "purge_at": "2025-12-02T08:00:00Z",
    } | changes


def idea(**changes: Any) -> Answer:
    return {
        "id": "reddit:1abc",
        "source": "recipes",
        "title": "Lentil soup",
        "url": "https://www.example.org/comments/1abc",
        "link": "https://www.example.org/soup?a=1&b=2",
        "score": 812,
        "comments": 1,
        "posted_at": "2026-03-01T09:00:00Z",
    } | changes


def token(**changes: Any) -> Answer:
    return {
        "id": "0190a0a0-0000-7000-8000-0000000000d1",
        "name": "Kitchen display",
        "hint": "3xQg",
        "expires_at": "2025-12-02T08:00:00Z",
        "last_used_at": None,
        "words": ["Read recipes and tags"],
        "household": "Mara's kitchen",
        "has_expired": False,
    } | changes


def sign_in(**changes: Any) -> Answer:
    return {
        "id": "0190a0a0-0000-7000-8000-0000000000e1",
        "kind": "browser",
        "device": "Firefox on Linux",
        "created_at": "2025-11-02T08:00:00Z",
        "last_seen_at": "2025-12-01T08:00:00Z",
        "ends_at": "2025-12-02T08:00:00Z",
        "is_current": False,
    } | changes


USER = {
    "display_name": "Mara", "email": "mara@example.org", "household_id": "1",
    "is_instance_admin": True,
    "households": [("1", "Mara's kitchen"), ("2", "Cabin")],
}  # fmt: skip
QUERY: Answer = {"q": "", "sort": "", "tag": [], "max_total_time": None, "household": ""}
PLAIN_HTTP = {"host": "nas:8000", "local_url": "http://localhost:8000/login"}
_LIST: Answer = {"next_cursor": None, "is_first_page": True}
_HOME: Answer = _LIST | {
    "heading": "Recipes",
    "query": QUERY,
    "tags": [],
    "recipes": [],
    "households": [],
    "household": "",
    "corrected": None,
    "wait": None,
    "most": 100,
    "canonical": None,
}
_TRASH: Answer = _LIST | {"keep_days": 30}
_IDEAS: Answer = {
    "ideas": [idea(), idea(link=None)],
    "sources": ["r/recipes"],
    "troubles": [],
    "now": datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
}
_ACCOUNT: Answer = {
    "values": {"once": "N4me", "email": "", "remember": ""},
    "errors": {},
    "plain_http": None,
}
_FORM: Answer = {
    "action": "/recipes/new",
    "recipe": None,
    "values": {"language": "en", "status": "published", "visibility": "household"},
    "errors": {},
    "households": [],
    "etag": "",
    "is_stale": False,
    "hidden": {},
}
_PRIVATE: Answer = {
    "etag": '"a"',
    "public": None,
    "json_ld": {"@type": "Recipe"},
    "cover": None,
    "is_cover_coming": False,
    "picture_limit": 20,
}
_TOKENS: Answer = {
    "tokens": [],
    "made": None,
    "scopes": [("recipes:read", "Read recipes")],
    "households": [("", "All")],
    "lives": [("90", "90 days")],
    "values": {"once": "N4me"},
    "errors": {},
}
_SIGN_UP: Answer = _ACCOUNT | {
    "min_length": 15,
    "is_closed": False,
    "needs_invitation": False,
    "next": "/import",
}
_MAIL_REQUEST: Answer = {
    "action": "/forgot",
    "heading": "Forgot your password?",
    "words": "We mail a link.",
    "button": "Mail me a link",
    "current": "",
    "can_send": True,
    "values": {"email": "ada@example.org"},
    "errors": {},
}
_MAILED_LINK: Answer = {
    "action": "/verify",
    "heading": "Confirm your address",
    "button": "Make my account",
    "is_open": True,
    "token": "pve_x",
    "words": "An account for Ada is made.",
    "errors": {},
}
_EXPORT: Answer = {
    "id": RECIPE_ID, "state": "succeeded", "created_at": "2026-03-01T12:00:00Z",
    "expires_at": "2026-03-08T12:00:00Z", "byte_size": 4194304, "recipe_count": 120,
    "progress": {"done": 120, "total": 120},
}  # fmt: skip
_OWN_DATA: Answer = {
    "exports": [
        _EXPORT,
        _EXPORT | {"state": "running", "byte_size": None, "progress": {"done": 3, "total": 120}},
        _EXPORT | {"state": "queued", "byte_size": None, "progress": None},
        _EXPORT | {"state": "failed", "byte_size": None},
    ],
    "is_exporting": True,
    "goes": [],
    "held": [],
    "days": 7,
    "errors": {},
}
_PROBLEM = {"status": 404, "title": "Not found", "slug": "not-found", "detail": None}

#: Name of a case: template and context.
PAGES: dict[str, tuple[str, Answer]] = (
    {
        "home": ("index.html", _HOME | {"recipes": [summary()], "next_cursor": "abc"}),
        "home, empty": ("index.html", _HOME),
        "home, no match": ("index.html", _HOME | {"query": QUERY | {"q": "lobster"}}),
        "recipe": (
            "pages/recipe.html",
            _PRIVATE | {"recipe": recipe(), "can_edit": True, "can_delete": True},
        ),
        "recipe, bare": (
            "pages/recipe.html",
            _PRIVATE | {"recipe": bare_recipe(), "can_edit": False, "can_delete": False},
        ),
        "login": ("pages/login.html", _ACCOUNT | {"next": "/import"}),
        "login, refused": ("pages/login.html", _ACCOUNT | {"next": "", "errors": {"": "No."}}),
        "login, plain http": (
            "pages/login.html",
            _ACCOUNT | {"next": "", "plain_http": PLAIN_HTTP},
        ),
        "signup": ("pages/signup.html", _SIGN_UP),
        "signup, closed": ("pages/signup.html", _SIGN_UP | {"is_closed": True}),
        "signup, for the invited": ("pages/signup.html", _SIGN_UP | {"needs_invitation": True}),
        "setup": ("pages/setup.html", _ACCOUNT | {"min_length": 15, "is_done": False}),
        "setup, done": ("pages/setup.html", _ACCOUNT | {"min_length": 15, "is_done": True}),
        "import": ("pages/import.html", {"values": {}, "errors": {"url": "No."}, "problem": None}),
        "preview": (
            "pages/import_preview.html",
            {
                "draft": draft(),
                "warnings": [
                    {"code": "time_unreadable", "pointer": "/times/cook", "detail": "Hm."}
                ],
                "duplicate": summary(),
                "hidden": {"draft": "{}"},
            },
        ),
        "new": ("pages/recipe_form.html", _FORM | {"households": [("a", "Mine"), ("b", "Club")]}),
        "edit, stale": (
            "pages/recipe_form.html",
            _FORM | {"recipe": summary(), "is_stale": True, "etag": '"b"'},
        ),
        "edit, refused": ("pages/recipe_form.html", _FORM | {"errors": {"title": "It needs one."}}),
        "ideas": ("pages/ideas.html", _IDEAS | {"troubles": ["r/x took too long to answer."]}),
        "ideas, none": ("pages/ideas.html", _IDEAS | {"ideas": []}),
        "ideas, nobody asked": ("pages/ideas.html", _IDEAS | {"ideas": [], "sources": []}),
        "trash": ("pages/trash.html", _TRASH | {"recipes": [summary()]}),
        "trash, empty": ("pages/trash.html", _TRASH | {"recipes": []}),
        "tokens": ("pages/tokens.html", _TOKENS | {"tokens": [token(), token(has_expired=True)]}),
        "tokens, made": (
            "pages/tokens.html",
            _TOKENS | {"tokens": [token()], "made": {"name": "Display", "token": "ppt_x"}},
        ),
        "sessions": (
            "pages/sessions.html",
            _LIST
            | {"sessions": [sign_in(is_current=True), sign_in(kind="api")], "has_others": True},
        ),
        "sessions, this one alone": (
            "pages/sessions.html",
            _LIST | {"sessions": [sign_in(is_current=True)], "has_others": False},
        ),
        "password": (
            "pages/password.html",
            _ACCOUNT | {"min_length": 15, "tokens": ["Display", "Backup"], "is_revoked": True},
        ),
        "password, refused": (
            "pages/password.html",
            _ACCOUNT
            | {"min_length": 15, "tokens": [], "is_revoked": False}
            | {"errors": {"current_password": "No."}},
        ),
        "confirm": ("pages/confirm.html", _ACCOUNT | {"next": "/account/tokens?name=x"}),
        "confirm, refused": (
            "pages/confirm.html",
            _ACCOUNT | {"next": "", "errors": {"password": "No."}},
        ),
        "own data": (
            "pages/own_data.html",
            _OWN_DATA | {"goes": ["Ada's kitchen"]},
        ),
        "own data, not sure": (
            "pages/own_data.html",
            _OWN_DATA | {"exports": [], "is_exporting": False, "errors": {"sure": "Tick the box."}},
        ),
        "own data, held": (
            "pages/own_data.html",
            _OWN_DATA | {"held": [{"id": RECIPE_ID, "name": "Cabin"}]},
        ),
        "restore": ("pages/restore.html", {"deletion_at": "2026-03-08T12:00:00Z"}),
        "tokens, refused": ("pages/tokens.html", _TOKENS | {"errors": {"scopes": "Choose one."}}),
        "problem": ("pages/problem.html", {"problem": _PROBLEM, "text": "## What to do\n\nLook."}),
        "error": (
            "pages/error.html",
            {"problem": _PROBLEM | {"next_step": None, "request_id": "01J"}},
        ),
        "api docs": ("pages/api_docs.html", {"openapi_url": "/api/v1/openapi.json"}),
    }
    | ADMIN_PAGES
    | HOUSEHOLD_PAGES
)
PAGES |= {
    "forgot": ("pages/mail_request.html", _MAIL_REQUEST),
    "forgot, refused": (
        "pages/mail_request.html",
        _MAIL_REQUEST | {"errors": {"email": "No."}, "current": "ada@example.org"},
    ),
    "forgot, no mail": ("pages/mail_request.html", _MAIL_REQUEST | {"can_send": False}),
    "check mail": ("pages/check_mail.html", {"words": "A mail is on its way."}),
    "verify": ("pages/mailed_link.html", _MAILED_LINK),
    "verify, used": ("pages/mailed_link.html", _MAILED_LINK | {"is_open": False}),
    "verify, refused": ("pages/mailed_link.html", _MAILED_LINK | {"errors": {"": "No."}}),
    "reset": (
        "pages/reset.html",
        {"min_length": 15, "is_open": True, "token": "prs_x", "is_revoked": True, "errors": {}},
    ),
    "reset, refused": (
        "pages/reset.html",
        {"min_length": 15, "is_open": True, "token": "prs_x", "is_revoked": False}
        | {"errors": {"password": "No."}},
    ),
    "reset, used": (
        "pages/reset.html",
        {"min_length": 15, "is_open": False, "token": "", "is_revoked": False, "errors": {}},
    ),
}
