"""The write operations whose bodies sqlmap attacks, and the fields it goes at."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2

from tests.fuzz.kitchen import API, PASSWORD, PEERS, Kitchen, address

#: What sqlmap takes for the place of an injection. Its star would be found in `If-Match: *` too.
PLACE = "%INJECT_HERE%"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
#: What a browser says of a form that stands on a page of ours.
OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Write:
    """An operation, a body whose strings with a PLACE are attacked, and what it answers.

    `status` is that of the body without its places: any other means that validation would have
    stopped the attack before it came to a statement.
    """

    method: str
    path: str
    body: dict[str, Any]
    status: int
    media_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_page(self) -> bool:
        """Whether a session is what it goes by: beside a token, the session would not count."""
        return not self.path.startswith(API)

    @property
    def text(self) -> str:
        """The body as it is sent, places included."""
        if self.media_type == FORM:
            return urlencode(self.body, safe="%")
        return json.dumps(self.body)


def writes(served: Kitchen) -> Iterator[Write]:
    """Operations that compare a string with rows, or store one: one to three fields of each."""
    mine = served.ids[PEERS[0]]
    any_version = {"If-Match": "*"}
    new = {"email": f"new{PLACE}@example.org", "display_name": f"New{PLACE}", "password": PASSWORD}
    yield Write("POST", f"{API}/auth/signup", new, 201)
    form = {"username": address(PEERS[0]) + PLACE, "password": PASSWORD}
    yield Write("POST", f"{API}/auth/login", form, 200, FORM)
    yield Write("POST", f"{API}/auth/refresh", {"refresh_token": f"unknown{PLACE}"}, 401)
    me = {"display_name": f"Ada{PLACE}"}
    yield Write("PATCH", f"{API}/auth/me", me, 200, headers=any_version)
    token = {"name": f"Shelf{PLACE}", "scopes": ["recipes:read"]}
    yield Write("POST", f"{API}/auth/tokens", token, 201)
    yield Write("POST", f"{API}/households", {"name": f"Hut{PLACE}"}, 201)
    house = f"{API}/households/{mine['household_id']}"
    yield Write("PATCH", house, {"name": f"Home{PLACE}"}, 200, headers=any_version)
    guest = {"email": address(PEERS[1]) + PLACE, "role": "viewer"}
    yield Write("POST", f"{house}/members", guest, 201)
    yield Write("POST", f"{API}/tags", {"name": f"Stew{PLACE}", "kind": "course"}, 201)
    tag = f"{API}/tags/{mine['tag_id']}"
    yield Write("PATCH", tag, {"name": f"Broth{PLACE}"}, 200, headers=any_version)
    label = {"name": f"Dessert{PLACE}", "kind": "course"}
    groups = [{"lines": [{"food_text": f"apples{PLACE}"}]}]
    pie = {"title": f"Pie{PLACE}", "tags": [label], "ingredient_groups": groups}
    yield Write("POST", f"{API}/recipes", pie, 201)
    recipe = f"{API}/recipes/{mine['recipe_id']}"
    changed = {"summary": f"Crisp{PLACE}", "notes": [{"title": f"Storing{PLACE}", "text": "Cold."}]}
    yield Write("PATCH", recipe, changed, 200, headers=any_version)
    yield from forms(served)


def forms(served: Kitchen) -> Iterator[Write]:
    """Forms of pages, with the cookie and the token of the page that each stands on."""
    with httpx2.Client(base_url=served.url, timeout=30, headers=OURS) as browser:
        sign_in = {"email": address(PEERS[0]), "password": PASSWORD}
        sign_in |= form_token(browser, "/login")
        attacked = sign_in | {"email": sign_in["email"] + PLACE}
        yield Write("POST", "/login", attacked, 303, FORM, sent_by(browser))
        browser.post("/login", data=sign_in)
        # A browser counts loopback as safe and sends the cookie of a safe page there; httpx2 not.
        browser.headers |= sent_by(browser)
        pie = {"title": f"Plum pie{PLACE}", "tags": f"Dessert{PLACE}"}
        pie |= form_token(browser, "/recipes/new")
        yield Write("POST", "/recipes/new", pie, 303, FORM, sent_by(browser))


def form_token(browser: httpx2.Client, path: str) -> dict[str, str]:
    """The hidden field that proves that a form is ours."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)
    return {"csrf_token": found[1]} if found else {}


def sent_by(browser: httpx2.Client) -> dict[str, str]:
    """The headers of a form that this browser sends."""
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return OURS | ({"Cookie": cookies} if cookies else {})


def places(value: Any) -> int:
    """How many strings of a body are attacked."""
    if isinstance(value, dict):
        return sum(map(places, value.values()))
    if isinstance(value, list):
        return sum(map(places, value))
    return int(isinstance(value, str) and PLACE in value)


def unharmed(served: Kitchen, write: Write) -> list[str]:
    """What is wrong with the answer to the body without its places."""
    stranger = httpx2.Client(base_url=served.url, timeout=30)
    with stranger if write.is_page else served.signed_in(PEERS[0]) as client:
        answer = client.request(
            write.method,
            write.path,
            content=write.text.replace(PLACE, ""),
            headers=write.headers | {"Content-Type": write.media_type},
        )
    if answer.status_code == write.status:
        return []
    return [f"{write.method} {write.path}: {answer.status_code} {answer.text[:300]}"]
