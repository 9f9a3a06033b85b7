"""What every page has, and what the frame around it shows."""

import itertools
import re

import jinja2
import pytest

from potluck.web.templating import (
    TEMPLATES,
    Flash,
    Templates,
)
from tests.web.answers import (
    PAGES,
    USER,
)
from tests.web.shown import shell, show


@pytest.mark.parametrize("case", PAGES)
class TestEveryPage:
    def test_has_one_first_heading_and_skips_no_level(
        self, templates: Templates, case: str
    ) -> None:
        page = show(templates, case)
        levels = [int(each.tag[1]) for each in page.inside if re.fullmatch(r"h[1-6]", each.tag)]
        assert levels.count(1) == 1
        main = [int(e.tag[1]) for e in page.find("main")[0].inside if re.fullmatch("h[1-6]", e.tag)]
        shown = main[main.index(1) :]
        assert all(after - before <= 1 for before, after in itertools.pairwise(shown))

    def test_says_its_language_and_title(self, templates: Templates, case: str) -> None:
        page = show(templates, case)
        assert page.find("html")[0].attributes["lang"] == "en"
        assert page.find("title")[0].text.endswith(" · Potluck")

    def test_guards_every_posting_form(self, templates: Templates, case: str) -> None:
        forms = show(templates, case).find("form", method="post")
        for form in forms:
            assert [each.attributes["value"] for each in form.find("input", name="csrf_token")] == [
                "T0ken"
            ]
            assert form.attributes["action"].startswith("/")
        assert forms

    def test_labels_every_control(self, templates: Templates, case: str) -> None:
        page = show(templates, case)
        labelled = {each.attributes.get("for") for each in page.find("label")}
        wrapped = {id(inner) for each in page.find("label") for inner in each.inside}
        for control in page.inside:
            if control.tag not in {"input", "select", "textarea"}:
                continue
            named = "aria-label" in control.attributes or control.attributes.get("type") == "hidden"
            assert named or control.attributes.get("id") in labelled or id(control) in wrapped

    def test_uses_every_id_once(self, templates: Templates, case: str) -> None:
        page = show(templates, case)
        ids = [each.attributes["id"] for each in page.inside if "id" in each.attributes]
        assert sorted(set(ids)) == sorted(ids)
        pointers = ("aria-describedby", "aria-labelledby", "popovertarget")
        told = [each.attributes.get(name, "") for each in page.inside for name in pointers]
        assert {name for names in told for name in names.split()} <= set(ids)

    def test_runs_only_scripts_with_the_nonce(self, templates: Templates, case: str) -> None:
        scripts = show(templates, case).find("script")
        assert {each.attributes["nonce"] for each in scripts} == {"N0nce"}

    def test_stays_below_the_base_path(self, templates: Templates, case: str) -> None:
        frame = shell(viewer=USER, base_path="/kitchen")
        page = show(templates, case, frame)
        for element in page.find("main")[0].inside + page.find("header")[0].inside:
            for name in ("href", "src", "action"):
                address = element.attributes.get(name, "#")
                own = address.startswith(("/kitchen/", "#", "https://www.example.org", "http://l"))
                assert own or address == "/api/v1/openapi.json", address


class TestFrame:
    def test_for_a_guest_offers_the_way_in(self, templates: Templates) -> None:
        (header,) = show(templates, "home", shell(can_sign_up=True)).find("header")
        links = {each.attributes["href"] for each in header.find("a")}
        assert {"/login", "/signup"} <= links
        assert "/import" not in links

    def test_offers_no_sign_up_when_it_is_closed(self, templates: Templates) -> None:
        page = show(templates, "home", shell(can_sign_up=False))
        assert page.find("a", href="/signup") == []

    def test_for_a_member_offers_to_add_and_to_sign_out(self, templates: Templates) -> None:
        (header,) = show(templates, "home").find("header")
        assert header.find("a", href="/import")
        assert header.find("form", action="/logout", method="post")

    def test_marks_the_place(self, templates: Templates) -> None:
        page = show(templates, "trash", shell(viewer=USER, path="/trash"))
        current = page.find("a", **{"aria-current": "page"})
        assert {each.attributes["href"] for each in current} == {"/trash"}

    def test_is_in_the_chosen_colours(self, templates: Templates) -> None:
        chosen = show(templates, "home", shell(theme="dark")).find("html")[0]
        system = show(templates, "home", shell()).find("html")[0]
        assert chosen.attributes["data-theme"] == "dark"
        assert "data-theme" not in system.attributes

    def test_shows_a_message_with_one_way_back(self, templates: Templates) -> None:
        message = Flash(text="“Apple cake” is in the trash.", undo_path="/recipes/1/restore")
        page = show(templates, "home", shell(viewer=USER, flash=message))
        (status,) = page.find("div", role="status")
        (form,) = status.find("form", action="/recipes/1/restore", method="post")
        assert form.find("input", name="csrf_token")[0].attributes["value"] == "T0ken"
        assert form.find("button")[0].text == "Undo"


class TestTemplates:
    def test_a_missing_name_is_an_error(self, templates: Templates) -> None:
        template, context = PAGES["login"]
        context = {name: value for name, value in context.items() if name != "plain_http"}
        with pytest.raises(jinja2.UndefinedError, match="'plain_http' is undefined"):
            templates.render(template, shell(), **context)

    def test_hold_no_inline_style_and_no_handler(self) -> None:
        for path in TEMPLATES.rglob("*.html"):
            assert not re.search(r"\s(?:style|on[a-z]+)\s*=", path.read_text("utf-8")), path

    def test_switch_escaping_off_nowhere(self) -> None:
        for path in TEMPLATES.rglob("*.html"):
            assert not re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text("utf-8")), path
