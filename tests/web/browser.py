"""A browser without script: follows links, keeps cookies, fills in forms as they stand."""

from typing import Any

import httpx2

from potluck.resources import Resources
from potluck.services import web_sessions
from potluck.web import cookies
from tests.conftest import client_of
from tests.web.html_reader import Element, read

#: TLS, as the session cookie needs it on any host but this machine.
HOME = "https://potluck.test"
OF_A_PAGE = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Sec-Fetch-Site": "same-origin",
}


class Browser:
    """One person's browser. `page` is what it shows, `answer` the HTTP answer behind it."""

    def __init__(self, resources: Resources, client: httpx2.AsyncClient) -> None:
        self.resources = resources
        self.client = client
        self.page = Element("document", {})
        self.answer: httpx2.Response

    async def open(self, path: str, **options: Any) -> Element:
        """Go to an address; redirects are followed."""
        return self._show(await self.client.get(path, follow_redirects=True, **options))

    def form(self, action: str) -> Element:
        """The first form of the page that posts to `action`."""
        return next(each for each in self.page.find("form") if each.attributes["action"] == action)

    async def send(self, action: str, /, **fields: str | None) -> Element:
        """Fill in the form of the page that posts to `action`, and send it.

        None leaves a field out, as if the form lacked it.
        """
        form = self.form(action)
        filled = {name: text for name, text in (values(form) | fields).items() if text is not None}
        if form.attributes.get("enctype") == "multipart/form-data":
            parts = {name: (None, text) for name, text in filled.items()}
            return self._show(await self.client.post(action, files=parts, follow_redirects=True))
        return await self.post(action, filled)

    async def post(self, path: str, fields: dict[str, str]) -> Element:
        """Send fields that may come from no form of ours."""
        return self._show(await self.client.post(path, data=fields, follow_redirects=True))

    async def sign_in(self, user: Any) -> None:
        """Have a session without going through the form."""
        async with self.resources.database.transaction() as session:
            value = await web_sessions.start(
                session,
                user,
                self.resources.settings.session,
                now=self.resources.clock.now(),
                user_agent=None,
            )
        name = cookies.name(self.resources.settings)
        self.client.cookies.set(name, value, domain="potluck.test", path="/")

    @property
    def session_cookie(self) -> str | None:
        found: str | None = self.client.cookies.get(cookies.name(self.resources.settings))
        return found

    @property
    def path(self) -> str:
        """Where it is."""
        return self.answer.url.path

    @property
    def heading(self) -> str:
        return self.page.find("h1")[0].text

    @property
    def errors(self) -> dict[str, str]:
        """The sentence beside each field that was refused."""
        shown = [each for each in self.page.find("p") if each.attributes.get("class") == "error"]
        return {each.attributes["id"].removeprefix("e-"): each.text.strip() for each in shown}

    @property
    def message(self) -> str:
        """What the page says once."""
        shown = [
            each for each in self.page.find("div") if "flash" in each.attributes.get("class", "")
        ]
        return shown[0].find("p")[0].text if shown else ""

    def field(self, name: str) -> str:
        """What a field of the page holds."""
        return values(self.page)[name]

    def _show(self, answer: httpx2.Response) -> Element:
        self.answer, self.page = answer, read(answer.text)
        return self.page


def new_browser(resources: Resources, app: Any) -> Browser:
    """Close its `client` when it is no longer needed."""
    client = client_of(app, headers=OF_A_PAGE)
    client.base_url = httpx2.URL(HOME)
    return Browser(resources, client)


def values(form: Element) -> dict[str, str]:
    """What a browser would send of a form that nobody touched; no button is pressed."""
    found = {}
    for each in form.inside:
        name = each.attributes.get("name")
        if name is None or each.tag not in {"input", "textarea", "select"}:
            continue
        if each.attributes.get("type") == "checkbox":
            if "checked" in each.attributes:
                found[name] = each.attributes.get("value", "on")
        elif each.tag == "input":
            found[name] = each.attributes.get("value", "")
        elif each.tag == "textarea":
            # A browser drops one line break after the start tag, and ends lines with CR LF.
            found[name] = each.text.removeprefix("\n").replace("\n", "\r\n")
        else:
            chosen = [option for option in each.find("option") if "selected" in option.attributes]
            found[name] = (chosen or each.find("option"))[0].attributes["value"]
    return found
