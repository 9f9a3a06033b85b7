"""Thirty secrets, and the flows of a running Potluck that they are sent through."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import API
from tests.observation.served import Answer, Served

AUTH, RECIPES = f"{API}/auth", f"{API}/recipes"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


@dataclass
class Canaries:
    """Every secret by a name of ours; those that we make up say so, the others the server made."""

    served: Served
    found: dict[str, str] = field(default_factory=dict)

    def plant(self, name: str, prefix: str = "") -> str:
        """A secret that we send."""
        self.found[name] = f"{prefix}canary-{name}-0123456789abcdefghijklmnopqrstuvwx"
        return self.found[name]

    def catch(self, name: str, value: str) -> str:
        """A secret that the server handed out."""
        assert len(value) >= 20, name
        self.found[name] = value
        return value

    def seen_in(self, output: str) -> set[str]:
        """The names of the secrets that an output holds."""
        return {name for name, value in self.found.items() if value in output}


def fly(canaries: Canaries, folder: Path) -> None:
    """Send all of them through all flows."""
    bearer = _accounts(canaries, folder)
    _refusals(canaries, bearer)
    _recipes(canaries, bearer)
    _pages(canaries)


def _accounts(canaries: Canaries, folder: Path) -> dict[str, str]:
    ask = canaries.served.ask
    secret = canaries.catch("setup-secret", (folder / "data" / "setup-secret").read_text().strip())
    ada = {
        "email": f"{canaries.plant('email')}@example.org",
        "password": canaries.plant("password-of-setup"),
        "display_name": canaries.plant("display-name"),
    }
    wrong = canaries.plant("wrong-setup-secret", "pst_")
    assert ask("POST", f"{AUTH}/setup", data=ada | {"secret": wrong}).status == 401
    assert ask("POST", f"{AUTH}/setup", data=ada | {"secret": secret}).status == 201
    bob = ada | {"email": "bob@example.org", "password": canaries.plant("password-of-signup")}
    assert ask("POST", f"{AUTH}/signup", data=bob).status == 201
    form = {"username": ada["email"], "password": ada["password"]}
    pair = ask("POST", f"{AUTH}/login", form=form).json()
    canaries.catch("first-access-token", pair["access_token"])
    refresh = {"refresh_token": canaries.catch("first-refresh-token", pair["refresh_token"])}
    pair = ask("POST", f"{AUTH}/refresh", data=refresh).json()
    canaries.catch("second-refresh-token", pair["refresh_token"])
    return {"Authorization": f"Bearer {canaries.catch('access-token', pair['access_token'])}"}


def _refusals(canaries: Canaries, bearer: Mapping[str, str]) -> None:
    ask, plant = canaries.served.ask, canaries.plant
    wrong = {"username": "ada@example.org", "password": plant("wrong-password")}
    assert ask("POST", f"{AUTH}/login", form=wrong).status == 401
    gone = {"refresh_token": plant("wrong-refresh-token", "prt_")}
    assert ask("POST", f"{AUTH}/refresh", data=gone).status == 401
    basic = base64.b64encode(f"ada:{plant('basic')}".encode()).decode()
    canaries.found["basic-encoded"] = basic
    for credential in (
        f"Bearer {plant('bearer')}",
        f"Bearer {plant('wrong-personal-token', 'ppt_')}",
        f"Basic {basic}",
    ):
        ask("GET", f"{AUTH}/me", headers={"Authorization": credential})
    broken = f'{{"password": "{plant("password-in-broken-json")}", '.encode()
    kind = {"Content-Type": "application/json"}
    assert ask("POST", f"{AUTH}/signup", body=broken, headers=kind).status == 400
    listed = {"email": "x", "password": [plant("password-in-a-list")], "unknown": "x"}
    assert ask("POST", f"{AUTH}/signup", data=listed).status == 422
    query = f"?access_token={plant('token-in-a-query')}&keyword={plant('search')}"
    ask("GET", f"{RECIPES}/search{query}", headers=bearer)
    ask("GET", f"/{plant('path')}")
    headers = {
        name: plant(name.lower())
        for name in ("Cookie", "Proxy-Authorization", "X-Api-Key", "Referer", "User-Agent")
    }
    ask("GET", RECIPES, headers=headers)


def _recipes(canaries: Canaries, bearer: Mapping[str, str]) -> None:
    ask, plant = canaries.served.ask, canaries.plant
    body = {"title": plant("title"), "notes": [{"text": plant("note")}]}
    ask("POST", RECIPES, data=body, headers={**bearer, "Idempotency-Key": plant("idempotency-key")})
    made = ask("POST", RECIPES, data={"title": plant("second-title")}, headers=bearer).json()
    ask("PATCH", f"{RECIPES}/{made['id']}", data={}, headers={**bearer, "If-Match": plant("etag")})
    page = f"http://ada:{plant('password-in-an-address')}@127.0.0.1/?key={plant('key-of-a-page')}"
    assert ask("POST", f"{RECIPES}/import", data={"url": page}, headers=bearer).status == 422
    wanted = {"name": "Script", "scopes": ["recipes:read"]}
    token = ask("POST", f"{AUTH}/tokens", data=wanted, headers=bearer).json()["token"]
    shown = {"Authorization": f"Bearer {canaries.catch('personal-token', token)}"}
    assert ask("GET", RECIPES, headers=shown).status == 200


def _pages(canaries: Canaries) -> None:
    ask = canaries.served.ask
    form = {"csrf_token": _csrf(ask("GET", "/login")), "email": "bob@example.org"}
    wrong = form | {"password": canaries.plant("wrong-password-of-a-form")}
    assert ask("POST", "/login", form=wrong, headers=OWN_PAGE).status == 422
    right = form | {"password": canaries.found["password-of-signup"]}
    signed_in = ask("POST", "/login", form=right, headers=OWN_PAGE)
    cookies = signed_in.headers.get_all("Set-Cookie") or []
    (session,) = [each for each in map(_value, cookies) if each.startswith("pss_")]
    canaries.catch("session", session)
    cookie = "; ".join(each.partition(";")[0] for each in cookies)
    home = ask("GET", "/", headers={**OWN_PAGE, "Cookie": cookie})
    stolen = {"csrf_token": canaries.plant("wrong-csrf-token")}
    ask("POST", "/logout", form=stolen, headers={**OWN_PAGE, "Cookie": cookie})
    own = {"csrf_token": canaries.catch("csrf-token", _csrf(home))}
    assert ask("POST", "/logout", form=own, headers={**OWN_PAGE, "Cookie": cookie}).status == 303


def _csrf(page: Answer) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.body.decode())
    assert found is not None
    return found[1]


def _value(cookie: str) -> str:
    return cookie.partition(";")[0].partition("=")[2]
