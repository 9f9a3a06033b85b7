"""The contract of version 1, typed in as tables: operations, members, words, slugs, settings.

Clients are written against these names. They are compared with what the app says of itself, so a
name that goes, comes or changes has to be changed here as well, on purpose.
"""

#: Operation, status of its success, query parameters. Paths below the prefix of the version.
OPERATIONS: dict[str, tuple[set[int], set[str]]] = {
    "POST /auth/signup": ({201, 202}, set()),
    "POST /auth/setup": ({201}, set()),
    "POST /auth/login": ({200}, set()),
    "POST /auth/refresh": ({200}, set()),
    "POST /auth/logout": ({204}, set()),
    "GET /auth/me": ({200}, set()),
    "PATCH /auth/me": ({200}, set()),
    "DELETE /auth/me": ({204}, set()),
    "POST /auth/me/restore": ({200}, set()),
    "POST /auth/password": ({200}, set()),
    "POST /auth/step-up": ({200}, set()),
    "POST /auth/password-reset": ({202}, set()),
    "POST /auth/password-reset/confirm": ({204}, set()),
    "POST /auth/verify-email": ({204}, set()),
    "POST /auth/verify-email/resend": ({202}, set()),
    "POST /auth/email-change": ({202}, set()),
    "POST /auth/email-change/confirm": ({204}, set()),
    "POST /auth/email-change/cancel": ({204}, set()),
    "GET /auth/tokens": ({200}, {"limit", "cursor"}),
    "POST /auth/tokens": ({201}, set()),
    "GET /auth/tokens/{token_id}": ({200}, set()),
    "DELETE /auth/tokens/{token_id}": ({204}, set()),
    "GET /auth/sessions": ({200}, {"limit", "cursor"}),
    "POST /auth/sessions/end-others": ({204}, set()),
    "DELETE /auth/sessions/{session_id}": ({204}, set()),
    "GET /auth/me/exports": ({200}, {"limit", "cursor"}),
    "POST /auth/me/exports": ({202}, set()),
    "GET /auth/me/exports/{export_id}/file": ({200}, set()),
    "GET /jobs/{job_id}": ({200}, set()),
    "GET /admin/jobs": ({200}, {"state", "kind", "limit", "cursor"}),
    "POST /admin/jobs/{job_id}/retry": ({200}, set()),
    "POST /admin/jobs/{job_id}/cancel": ({200}, set()),
    "GET /admin/users": (
        {200}, {"q", "is_disabled", "is_instance_admin", "limit", "cursor"},
    ),
    "GET /admin/users/{user_id}": ({200}, set()),
    "GET /admin/audit": (
        {200},
        {
            "action", "outcome", "actor_id", "target_id", "household_id", "since", "before",
            "limit", "cursor",
        },
    ),
    "GET /auth/me/audit": ({200}, {"limit", "cursor"}),
    "GET /households/{household_id}/audit": ({200}, {"limit", "cursor"}),
    "PATCH /admin/users/{user_id}": ({200}, set()),
    "POST /admin/users/{user_id}/password-reset": ({202}, set()),
    "GET /admin/users/{user_id}/sessions": ({200}, {"limit", "cursor"}),
    "DELETE /admin/users/{user_id}/sessions": ({204}, set()),
    "DELETE /admin/users/{user_id}/sessions/{session_id}": ({204}, set()),
    "GET /admin/users/{user_id}/tokens": ({200}, {"limit", "cursor"}),
    "DELETE /admin/users/{user_id}/tokens/{token_id}": ({204}, set()),
    "GET /households": ({200}, {"limit", "cursor"}),
    "POST /households": ({201}, set()),
    "GET /households/{household_id}": ({200}, set()),
    "PATCH /households/{household_id}": ({200}, set()),
    "GET /households/trash": ({200}, {"limit", "cursor"}),
    "DELETE /households/{household_id}": ({204}, set()),
    "POST /households/{household_id}/restore": ({200}, set()),
    "POST /households/{household_id}/transfer": ({200}, set()),
    "GET /households/{household_id}/members": ({200}, {"limit", "cursor"}),
    "POST /households/{household_id}/members": ({201}, set()),
    "PATCH /households/{household_id}/members/{user_id}": ({200}, set()),
    "DELETE /households/{household_id}/members/{user_id}": ({204}, set()),
    "GET /households/{household_id}/invitations": ({200}, {"limit", "cursor"}),
    "POST /households/{household_id}/invitations": ({201}, set()),
    "DELETE /households/{household_id}/invitations/{invitation_id}": ({204}, set()),
    "POST /invitations/preview": ({200}, set()),
    "POST /invitations/accept": ({200}, set()),
    "GET /recipes": (
        {200},
        {
            "household_id", "author_id", "tag", "status", "visibility", "max_total_time", "q",
            "updated_since", "ids", "sort", "limit", "cursor",
        },
    ),
    "POST /recipes": ({201}, set()),
    "GET /recipes/my-recipes": ({200}, {"limit", "cursor", "sort"}),
    "GET /recipes/trash": ({200}, {"limit", "cursor"}),
    "GET /recipes/search": ({200}, {"keyword", "max_results"}),
    "POST /recipes/import": ({200, 201}, {"dry_run", "again"}),
    "GET /recipes/ideas": ({200}, {"limit"}),
    "GET /recipes/{recipe_id}": ({200}, set()),
    "PUT /recipes/{recipe_id}": ({200}, set()),
    "PATCH /recipes/{recipe_id}": ({200}, set()),
    "DELETE /recipes/{recipe_id}": ({204}, set()),
    "POST /recipes/{recipe_id}/restore": ({200}, set()),
    "PUT /recipes/{recipe_id}/cover": ({200}, set()),
    "DELETE /recipes/{recipe_id}/cover": ({204}, set()),
    "GET /recipes/{recipe_id}/revisions": ({200}, {"limit", "cursor"}),
    "GET /recipes/{recipe_id}/revisions/{number}": ({200}, set()),
    "GET /tags": ({200}, {"household_id", "kind", "limit", "cursor"}),
    "POST /tags": ({201}, set()),
    "GET /tags/{tag_id}": ({200}, set()),
    "PATCH /tags/{tag_id}": ({200}, set()),
    "DELETE /tags/{tag_id}": ({204}, set()),
}  # fmt: skip
#: The same for what lies outside the versioned API.
UNVERSIONED: dict[str, tuple[set[int], set[str]]] = {
    "GET /health/live": ({200}, set()),
    "GET /health/ready": ({200}, set()),
    "GET /.well-known/jwks.json": ({200}, set()),
}
#: Changes that need If-Match.
CONDITIONAL = {
    "PATCH /admin/users/{user_id}",
    "PATCH /auth/me", "DELETE /auth/me",
    "PATCH /households/{household_id}", "PUT /recipes/{recipe_id}",
    "DELETE /households/{household_id}", "PATCH /recipes/{recipe_id}",
    "DELETE /recipes/{recipe_id}", "PATCH /tags/{tag_id}",
    "DELETE /tags/{tag_id}",
}  # fmt: skip

#: Changes that honour If-Match and do without.
MAY_BE_CONDITIONAL = {"PUT /recipes/{recipe_id}/cover", "DELETE /recipes/{recipe_id}/cover"}

_ENTITY = {"id", "version", "created_at", "updated_at"}
_SUMMARY = _ENTITY | {
    "household_id", "author_id", "title", "slug", "summary", "language", "status", "visibility",
    "tags", "image_url", "total_time_s", "servings",
}  # fmt: skip
_WRITABLE = {
    "title", "summary", "language", "status", "visibility", "tags", "ingredient_groups",
    "sections", "times", "yields", "source", "image_url", "equipment", "nutrition", "notes",
}  # fmt: skip
_REVISION = {"number", "reason", "author_id", "created_at", "sha256"}
_HOUSEHOLD = {
    "name", "locale", "unit_system", "currency", "time_zone", "week_start", "default_visibility",
}  # fmt: skip
_LINE = {
    "id", "kind", "quantity", "unit_text", "unit_id", "food_text", "food_id", "package", "plus",
    "preparation", "note", "optional", "alt_group", "alt_rank", "scaling", "original_text",
    "parse",
}  # fmt: skip
_STEP = {"id", "title", "text", "ingredients", "timers", "active_s", "passive_s"}
_TIMER = {"id", "label", "min_s", "max_s", "source"}
_TIMES = {"prep", "cook", "rest", "total"}
_TIME = {"min_s", "max_s", "original_text"}
_YIELDS = {"servings", "amount", "noun", "original_text"}
_SOURCE = {"url_original", "url_canonical", "site", "author", "licence_note"}
_NUTRITION = {"basis", "source", "values", "coverage"}
_TOKEN = {"access_token", "refresh_token", "token_type", "expires_in", "scope"}
_PERSONAL_TOKEN = {
    "id", "name", "scopes", "household_id", "hint", "created_at", "expires_at", "last_used_at",
}  # fmt: skip
_SESSION = {
    "id", "kind", "user_agent", "created_at", "last_seen_at", "ends_at", "is_current",
}  # fmt: skip
_INVITATION = {
    "id", "household_id", "role", "email", "invited_by", "created_at", "expires_at",
}  # fmt: skip
_JOB = {"id", "kind", "state", "progress", "created_at", "started_at", "ended_at"}
_ANY_JOB = _JOB | {"user_id", "tries", "run_at", "error"}
_ACCOUNT = _ENTITY | {
    "email", "display_name", "is_instance_admin", "is_disabled", "disabled_at",
}  # fmt: skip
_PAGE = {"items", "next_cursor"}
_EVENT = {"at", "action", "outcome", "detail"}
_SIGN_UP = {"email", "password", "display_name"}

#: What operations answer, by the way from the body to an object: `items/*` is a list's item. Every
#: one of these members is present in every answer.
ANSWERED: dict[str, dict[str, set[str]]] = {
    "GET /auth/me": {
        "": _ENTITY
        | {
            "email", "display_name", "locale", "unit_system", "default_household_id",
            "is_instance_admin", "deletion_at", "memberships",
        },
        "memberships/*": {"household_id", "name", "role"},
    },
    "POST /auth/login": {"": _TOKEN},
    "POST /auth/refresh": {"": _TOKEN},
    "POST /auth/password": {"": _TOKEN},
    "POST /auth/step-up": {"": _TOKEN},
    "POST /auth/password-reset": {"": {"status"}},
    "POST /auth/verify-email/resend": {"": {"status"}},
    "POST /auth/email-change": {"": {"status"}},
    "GET /auth/tokens": {"": _PAGE, "items/*": _PERSONAL_TOKEN},
    "POST /auth/tokens": {"": _PERSONAL_TOKEN | {"token"}},
    "GET /auth/tokens/{token_id}": {"": _PERSONAL_TOKEN},
    "GET /auth/sessions": {"": _PAGE, "items/*": _SESSION},
    "GET /auth/me/exports": {
        "": _PAGE,
        "items/*": {
            "id", "state", "progress", "created_at", "ended_at", "expires_at", "byte_size",
            "recipe_count",
        },
    },
    "POST /auth/me/exports": {"": _JOB},
    "GET /jobs/{job_id}": {"": _JOB},
    "GET /admin/jobs": {"": _PAGE, "items/*": _ANY_JOB},
    "POST /admin/jobs/{job_id}/retry": {"": _ANY_JOB},
    "POST /admin/jobs/{job_id}/cancel": {"": _ANY_JOB},
    "GET /admin/users": {"": _PAGE, "items/*": _ACCOUNT},
    "GET /admin/users/{user_id}": {"": _ACCOUNT},
    "GET /admin/audit": {
        "": _PAGE,
        "items/*": _EVENT
        | {
            "seq", "actor_id", "credential_kind", "credential_id", "client", "ip_prefix",
            "request_id", "target_type", "target_id", "subject_id", "household_id",
        },
    },
    "GET /auth/me/audit": {
        "": _PAGE,
        "items/*": _EVENT | {"is_own", "client", "ip_prefix", "household_id"},
    },
    "GET /households/{household_id}/audit": {
        "": _PAGE,
        "items/*": _EVENT | {"actor_id", "subject_id", "target_type", "target_id"},
    },
    "POST /admin/users/{user_id}/password-reset": {"": {"status"}},
    "GET /admin/users/{user_id}/sessions": {"": _PAGE, "items/*": _SESSION},
    "GET /admin/users/{user_id}/tokens": {
        "": _PAGE,
        "items/*": _PERSONAL_TOKEN - {"household_id"},
    },
    "GET /households": {"": _PAGE, "items/*": _ENTITY | _HOUSEHOLD | {"slug"}},
    "GET /households/{household_id}": {"": _ENTITY | _HOUSEHOLD | {"slug"}},
    "GET /households/trash": {
        "": _PAGE,
        "items/*": _ENTITY | _HOUSEHOLD | {"slug", "deleted_at", "purge_at"},
    },
    "POST /households/{household_id}/transfer": {
        "": {"user_id", "display_name", "role", "joined_at"},
    },
    "GET /households/{household_id}/members": {
        "": _PAGE,
        "items/*": {"user_id", "display_name", "role", "joined_at"},
    },
    "GET /households/{household_id}/invitations": {"": _PAGE, "items/*": _INVITATION},
    "POST /households/{household_id}/invitations": {"": _INVITATION | {"url"}},
    "POST /invitations/preview": {
        "": {"household_name", "role", "inviter_name", "expires_at"}
    },
    "POST /invitations/accept": {"": {"household_id", "name", "role"}},
    "GET /tags/{tag_id}": {
        "": _ENTITY | {"household_id", "kind", "name", "parent_id", "colour"}
    },
    "GET /recipes": {"": _PAGE, "items/*": _SUMMARY, "items/*/tags/*": {"id", "kind", "name"}},
    "GET /recipes/my-recipes": {"": _PAGE, "items/*": _SUMMARY},
    "GET /recipes/trash": {"": _PAGE, "items/*": _SUMMARY | {"deleted_at", "purge_at"}},
    "GET /recipes/search": {
        "": _PAGE | {"corrected_keyword"},
        "items/*": _SUMMARY,
        "items/*/tags/*": {"id", "kind", "name"},
    },
    "GET /recipes/{recipe_id}/revisions": {"": _PAGE, "items/*": _REVISION},
    "GET /recipes/{recipe_id}/revisions/{number}": {
        "": _REVISION | {"recipe"},
        "recipe": _WRITABLE,
    },
    "GET /recipes/{recipe_id}": {
        "": _ENTITY
        | _WRITABLE
        | {"household_id", "author_id", "slug", "revision", "imported_via"},
        "tags/*": {"id", "kind", "name"},
        "ingredient_groups/*": {"id", "name", "lines"},
        "ingredient_groups/*/lines/*": _LINE,
        "ingredient_groups/*/lines/*/quantity": {"kind", "min", "max"},
        "ingredient_groups/*/lines/*/quantity/min": {"n", "d"},
        "ingredient_groups/*/lines/*/package": {"size", "unit_text"},
        "ingredient_groups/*/lines/*/plus/*": {"amount", "unit_text"},
        "ingredient_groups/*/lines/*/scaling": {"kind", "step"},
        "sections/*": {"id", "name", "steps"},
        "sections/*/steps/*": _STEP,
        "sections/*/steps/*/ingredients/*": {"line_id", "share"},
        "sections/*/steps/*/timers/*": _TIMER,
        "times": _TIMES,
        "times/prep": _TIME,
        "yields": _YIELDS,
        "source": _SOURCE,
        "nutrition": _NUTRITION,
        "nutrition/coverage": {"lines", "mass"},
        "notes/*": {"id", "title", "text"},
    },
    "POST /recipes/import": {
        "": {
            "recipe", "draft", "method", "url_fetched", "url_canonical", "duplicate_of", "warnings",
        },
        "draft": _WRITABLE,
        "warnings/*": {"code", "pointer", "detail"},
    },
    "GET /recipes/ideas": {
        "": {"items", "sources"},
        "items/*": {
            "id", "source", "title", "url", "link", "score", "comments", "posted_at",
        },
        "sources/*": {"name", "status", "reason", "count", "cached", "fetched_at"},
    },
    "GET /health/live": {"": {"status"}},
    "GET /health/ready": {"": {"status", "checks"}},
    "GET /.well-known/jwks.json": {"": {"keys"}},
}  # fmt: skip

#: What operations take, the required members apart.
SENT: dict[str, tuple[set[str], set[str]]] = {
    "POST /auth/signup": (_SIGN_UP, {"invitation"}),
    "POST /auth/setup": (_SIGN_UP, {"secret"}),
    "POST /auth/refresh": ({"refresh_token"}, set()),
    "POST /auth/password": ({"new_password"}, {"current_password", "revoke_personal_tokens"}),
    "POST /auth/password-reset": ({"email"}, set()),
    "POST /auth/verify-email": ({"token"}, set()),
    "POST /auth/verify-email/resend": ({"email"}, set()),
    "POST /auth/email-change": ({"email"}, set()),
    "POST /auth/email-change/confirm": ({"token"}, set()),
    "POST /auth/email-change/cancel": ({"token"}, set()),
    "POST /auth/password-reset/confirm": ({"token", "password"}, {"revoke_personal_tokens"}),
    "POST /auth/logout": ({"refresh_token"}, set()),
    "POST /auth/step-up": ({"password"}, set()),
    "PATCH /auth/me": (set(), {"display_name", "locale", "unit_system", "default_household_id"}),
    "POST /auth/tokens": ({"name", "scopes"}, {"household_id", "expires_at"}),
    "PATCH /admin/users/{user_id}": (set(), {"is_disabled", "is_instance_admin"}),
    "POST /households": ({"name"}, _HOUSEHOLD - {"name"}),
    "PATCH /households/{household_id}": (set(), _HOUSEHOLD),
    "POST /households/{household_id}/transfer": ({"user_id"}, set()),
    "POST /households/{household_id}/members": ({"email", "role"}, set()),
    "PATCH /households/{household_id}/members/{user_id}": (set(), {"role"}),
    "POST /households/{household_id}/invitations": ({"role"}, {"email"}),
    "POST /invitations/preview": ({"token"}, set()),
    "POST /invitations/accept": ({"token"}, set()),
    "POST /tags": ({"name"}, {"household_id", "kind", "parent_id", "colour"}),
    "PATCH /tags/{tag_id}": (set(), {"name", "kind", "parent_id", "colour"}),
    "POST /recipes": ({"title"}, _WRITABLE - {"title"} | {"household_id"}),
    "PUT /recipes/{recipe_id}": ({"title"}, _WRITABLE - {"title"}),
    "PATCH /recipes/{recipe_id}": (set(), _WRITABLE),
    "POST /recipes/import": (set(), {"url", "html", "household_id"}),
}
#: Parts of the form that brings a picture.
COVER_FORM = ({"file"}, {"focus_x", "focus_y"})
LOGIN_FORM = {"username", "password", "scope", "grant_type"}

#: The words that members choose from, by operation and the way to the member.
WORDS: dict[str, dict[str, set[str]]] = {
    "GET /auth/me": {
        "unit_system": {"original", "metric", "us"},
        "memberships/*/role": {"owner", "admin", "editor", "contributor", "viewer"},
    },
    "GET /auth/tokens/{token_id}": {
        "scopes/*": {
            "recipes:read", "recipes:write", "recipes:delete", "media:write", "households:read",
            "households:write", "members:manage", "imports:run", "profile:read", "profile:write",
            "admin:read", "admin:write",
        },
    },
    "GET /auth/sessions": {"items/*/kind": {"browser", "api"}},
    "GET /auth/me/audit": {"items/*/outcome": {"done", "refused"}},
    "GET /jobs/{job_id}": {"state": {"queued", "running", "succeeded", "failed", "cancelled"}},
    "GET /households/{household_id}": {
        "week_start": {"monday", "sunday", "saturday"},
        "default_visibility": {"private", "household", "instance"},
    },
    "GET /recipes/{recipe_id}": {
        "status": {"draft", "published", "archived"},
        "visibility": {"private", "household", "instance", "link", "public"},
        "imported_via": {"url", "html"},
        "tags/*/kind": {
            "category", "course", "cuisine", "diet", "occasion", "method", "free",
        },
        "ingredient_groups/*/lines/*/kind": {"ingredient", "text"},
        "ingredient_groups/*/lines/*/quantity/kind": {
            "none", "to_taste", "exact", "about", "range", "up_to", "at_least",
        },
        "ingredient_groups/*/lines/*/scaling/kind": {"linear", "fixed", "stepped"},
        "sections/*/steps/*/timers/*/source": {"typed", "detected"},
        "nutrition/basis": {"per_serving", "per_100g", "per_recipe"},
        "nutrition/source": {"manual", "imported", "computed"},
    },
    "GET /recipes/{recipe_id}/revisions": {
        "items/*/reason": {"create", "edit", "import", "restore", "merge", "bulk"},
    },
    "POST /recipes/import": {
        "method": {"site", "json-ld", "microdata", "h-recipe", "opengraph"},
    },
    "GET /recipes/ideas": {
        "sources/*/status": {"ok", "failed", "not_configured"},
        "sources/*/reason": {
            "rate_limited", "refused", "unreachable", "too_slow", "bad_answer",
        },
    },
}  # fmt: skip
SORTS = {
    "-created_at", "created_at", "-updated_at", "updated_at", "title", "-title", "total_time",
    "-total_time",
}  # fmt: skip

SLUGS: dict[str, int] = {
    "malformed-body": 400, "malformed-request": 400, "unknown-host": 400, "invalid-cursor": 400,
    "unauthenticated": 401, "invalid-token": 401, "invalid-credentials": 401,
    "invalid-setup-secret": 401,
    "forbidden": 403, "insufficient-scope": 403, "reauth-required": 403,
    "account-deletion-scheduled": 403,
    "signup-closed": 403, "cross-site": 403,
    "not-found": 404, "method-not-allowed": 405, "not-acceptable": 406,
    "request-timeout": 408,
    "email-taken": 409, "already-member": 409, "last-owner": 409, "tag-exists": 409,
    "last-administrator": 409,
    "already-imported": 409, "not-in-trash": 409,
    "idempotency-key-in-use": 409, "idempotency-key-reused": 422,
    "setup-done": 410, "stale": 412, "body-too-large": 413, "uri-too-long": 414,
    "unsupported-media-type": 415, "headers-too-large": 431, "unknown-method": 501,
    "precondition-required": 428, "too-many-requests": 429,
    "invalid": 422, "fetch-refused": 422, "fetch-unreachable": 422, "fetch-too-large": 422,
    "fetch-too-slow": 422, "not-a-page": 422, "no-recipe-found": 422,
    "internal": 500, "unavailable": 503, "not-ready": 503, "storage-full": 507,
}  # fmt: skip
#: These belong to every address or to the pages, so no operation lists them.
OF_NO_OPERATION = {
    "method-not-allowed", "cross-site", "unknown-host", "uri-too-long",
    "headers-too-large", "unknown-method",
}  # fmt: skip

SETTINGS = {
    "POTLUCK_DATABASE__URL", "POTLUCK_DATA_DIR", "POTLUCK_BASE_URL", "POTLUCK_SIGNUP__MODE",
    "POTLUCK_PASSWORD__MIN_LENGTH", "POTLUCK_FETCH__ALLOW", "POTLUCK_INSECURE_LOCAL_HTTP",
    "POTLUCK_IDEAS__SUBREDDITS", "POTLUCK_IDEAS__TIMEOUT_S", "POTLUCK_IDEAS__CACHE_S",
    "POTLUCK_REDDIT__BASE_URL", "POTLUCK_REDDIT__OAUTH_URL", "POTLUCK_REDDIT__CLIENT_ID",
    "POTLUCK_REDDIT__CLIENT_SECRET",
}  # fmt: skip
