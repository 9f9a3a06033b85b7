"""What is asked of the service: each scenario is an endless row of requests."""

import itertools
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote, urlencode

from benchmarks.service import load, raw_requests
from benchmarks.service.app import STATIC_PATH
from benchmarks.service.cook import PASSWORD, Cook
from benchmarks.shelves import COOK

API = "/api/v1"
#: The most CPU that a request may take, in times of the static bytes.
FLOORS = {"GET recipe": 11.0, "list of 50": 20.0, "create": 45.0, "update": 60.0}
BY_FORM = {"email": COOK, "password": PASSWORD}
SEARCHES = {
    "search, common word": ["salt", "sugar", "butter", "garlic", "onion"],
    "search, two words": ["butter sugar", "garlic onion", "chicken lemon", "eggs milk"],
    "search, beginning": ["cho", "mush", "tom", "garl", "cinn"],
}
#: Beside each what is found in its place.
SLIPS = {
    "choclate": "chocolate",
    "rhubrab": "rhubarb",
    "tomatto": "tomato",
    "mushrroms": "mushrooms",
}


@dataclass(frozen=True)
class Scenario:
    """A kind of request, and the status it is answered with; the raw limit is asked by `keys`."""

    name: str
    requests: Callable[[], Iterator[bytes]]
    keys: Sequence[Mapping[str, str]] = ({},)
    status: int = 200
    connections: int = 8

    @property
    def of_raw(self) -> "Scenario":
        """The same, asked of the raw limit."""
        return replace(self, requests=lambda: raw_requests.endless(self.name, self.keys))


ALIVE = Scenario("alive", lambda: itertools.repeat(load.request("GET", "/health/live")))


@dataclass
class Asker:
    """Makes the requests of the cook with a token."""

    cook: Cook
    token: str
    cookie: str
    etags: dict[str, str] = field(default_factory=dict)
    _chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311

    def all(self) -> list[Scenario]:
        """In the order of the table; the static bytes first."""
        home = self.cook.household_id
        recipes, mine = raw_requests.recipes(self.cook.recipe_ids), [{"household": home.hex}]
        # Of one account no more than five may sign in at a time.
        login = Scenario(
            "login", self._login, [raw_requests.account(COOK, PASSWORD)], connections=4
        )
        return [
            Scenario("static bytes", self._static),
            Scenario("GET recipe", self._get, recipes),
            Scenario("GET recipe, 304", self._not_modified, recipes, 304),
            Scenario("list of 50", self._list, mine),
            *(
                Scenario(name, self._searching(words), raw_requests.searches(home, words), 200, 2)
                for name, words in SEARCHES.items()
            ),
            Scenario(
                "search, one typo",
                self._searching(list(SLIPS)),
                raw_requests.corrected(home, SLIPS),
                connections=2,
            ),
            Scenario("create", self._create, status=201),
            Scenario("update", self._update, raw_requests.updates()),
            login,
            Scenario("home page", self._home, mine),
        ]

    def _ids(self) -> Iterator[str]:
        ids = [str(id) for id in self.cook.recipe_ids]
        self._chance.shuffle(ids)
        return itertools.cycle(ids)

    def _bearer(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}

    def _static(self) -> Iterator[bytes]:
        return itertools.repeat(load.request("GET", API + STATIC_PATH, headers=self._bearer()))

    def _get(self) -> Iterator[bytes]:
        for id in self._ids():
            yield load.request("GET", f"{API}/recipes/{id}", headers=self._bearer())

    def _not_modified(self) -> Iterator[bytes]:
        for id in self._ids():
            if etag := self.etags.get(id):
                headers = self._bearer(**{"If-None-Match": etag})
                yield load.request("GET", f"{API}/recipes/{id}", headers=headers)

    def _list(self) -> Iterator[bytes]:
        query = urlencode({"limit": 50, "household_id": self.cook.household_id})
        path = f"{API}/recipes?{query}"
        return itertools.repeat(load.request("GET", path, headers=self._bearer()))

    def _searching(self, words: list[str]) -> Callable[[], Iterator[bytes]]:
        paths = [f"{API}/recipes/search?keyword={quote(each)}" for each in words]

        def requests() -> Iterator[bytes]:
            asked = [load.request("GET", path, headers=self._bearer()) for path in paths]
            return itertools.cycle(asked)

        return requests

    def _create(self) -> Iterator[bytes]:
        headers = self._bearer(**{"Content-Type": "application/json"})
        asked = [
            load.request("POST", f"{API}/recipes", headers=headers, body=body)
            for body in self.cook.bodies
        ]
        return itertools.cycle(asked)

    def _update(self) -> Iterator[bytes]:
        headers = self._bearer(**{"Content-Type": "application/json", "If-Match": "*"})
        for number, id in enumerate(self._ids()):
            body = json.dumps({"title": f"Soup of day {number}"}).encode()
            yield load.request("PATCH", f"{API}/recipes/{id}", headers=headers, body=body)

    def _login(self) -> Iterator[bytes]:
        return itertools.repeat(login())

    def _home(self) -> Iterator[bytes]:
        return itertools.repeat(load.request("GET", "/", headers={"Cookie": self.cookie}))


def login() -> bytes:
    """The request that gives the cook a token."""
    form = urlencode({"username": COOK, "password": PASSWORD}).encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return load.request("POST", f"{API}/auth/login", headers=kind, body=form)
