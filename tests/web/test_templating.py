"""The pages as HTML: what is escaped, what every page has, what the frame shows."""

import json
from typing import Any

import pytest

from potluck.web.templating import (
    Flash,
    Templates,
    plate,
    query_string,
    recipe_path,
)
from tests.web.answers import (
    PLAIN_HTTP,
    QUERY,
    RECIPE_ID,
    draft,
    flour,
    line,
    recipe,
    step,
    summary,
)
from tests.web.payloads import PAYLOADS, assert_harmless
from tests.web.shown import shell, show


def poisoned(text: str) -> dict[str, Any]:
    """A recipe with the same text in every place that takes text."""
    every = dict.fromkeys(("url_original", "url_canonical", "site", "author", "licence_note"), text)
    parsed = flour(food_text=text, unit_text=text, preparation=text, note=text, optional=True)
    plus = {"amount": {"n": 1, "d": 1}, "unit_text": text}
    package = {"size": {"n": 1, "d": 1}, "unit_text": text}
    timer = {"id": "x", "label": text, "min_s": 60, "max_s": 60}
    unread = {"min_s": None, "max_s": None, "original_text": text}
    lines = [
        parsed | {"plus": [plus], "package": package},
        line(original_text=text),
        line(kind="text", original_text=text),
    ]
    steps = [step(text, title=text, timers=[timer], ingredients=[{"line_id": parsed["id"]}])]
    return recipe(
        title=text,
        summary=text,
        tags=[{"id": "x", "kind": "free", "name": text}],
        ingredient_groups=[{"id": "g", "name": text, "lines": lines}],
        sections=[{"id": "s", "name": text, "steps": steps}],
        times=dict.fromkeys(("prep", "cook", "rest", "total"), unread),
        yields={"servings": None, "amount": {"n": 1, "d": 1}, "noun": text, "original_text": text},
        source=every,
        equipment=[text],
        notes=[{"id": "n", "title": text, "text": text}],
        nutrition={
            "basis": "per_serving",
            "source": "manual",
            "values": {"energy": {"amount": text, "unit": text}},
            "coverage": None,
        },
    )


class TestEscaping:
    @pytest.mark.parametrize("text", PAYLOADS)
    def test_j01_recipe_text_is_only_text(self, templates: Templates, text: str) -> None:
        page = show(templates, "recipe", recipe=poisoned(text))
        assert_harmless(page)
        assert [each.text for each in page.find("h1")] == [text]
        assert text in page.find("li", id="step-1")[0].find("h4")[0].text

    @pytest.mark.parametrize("text", PAYLOADS)
    def test_j01_lists_show_only_text(self, templates: Templates, text: str) -> None:
        cards = [summary(title=text, slug="x/../" + text)]
        tags = [{"id": "x", "name": text}]
        query = QUERY | {"q": text, "tag": [text]}
        page = show(templates, "home", recipes=cards, tags=tags, query=query, heading=text)
        assert_harmless(page)
        assert page.find("input", name="q")[0].attributes["value"] == text
        assert [each.text for each in page.find("h2")] == [text]

    @pytest.mark.parametrize("text", PAYLOADS)
    def test_j01_forms_keep_what_was_typed(self, templates: Templates, text: str) -> None:
        values = dict.fromkeys(("title", "ingredients", "steps", "notes", "language"), text)
        errors = {"title": text, "": text}
        page = show(templates, "new", values=values, errors=errors, hidden={"draft": text})
        area = page.find("textarea", name="steps")[0]
        assert area.text.removeprefix("\n").removesuffix("\n") == text
        assert page.find("input", name="title")[0].attributes["value"] == text
        assert page.find("input", name="draft")[0].attributes["value"] == text
        assert not [each for each in page.find("script") if "src" not in each.attributes]

    @pytest.mark.parametrize("text", PAYLOADS)
    def test_j01_frame_shows_only_text(self, templates: Templates, text: str) -> None:
        households = [("1", text), ("2", text)]
        viewer = {
            "display_name": text,
            "email": text,
            "household_id": "1",
            "is_instance_admin": True,
            "households": households,
        }
        frame = shell(viewer=viewer, flash=Flash(text=text), csrf_token=text)
        page = show(templates, "trash", frame)
        assert_harmless(page)
        assert page.find("div", role="status")[0].text.strip("\n ") == text

    @pytest.mark.parametrize("text", PAYLOADS)
    def test_j04_embedded_json_is_one_script_with_the_same_text(
        self, templates: Templates, text: str
    ) -> None:
        page = show(templates, "recipe", recipe=poisoned(text))
        (script,) = page.find("script", type="application/ld+json")
        assert json.loads(script.text)["name"] == text

    @pytest.mark.parametrize("text", PAYLOADS)
    def test_j04_meta_tags_hold_the_text(self, templates: Templates, text: str) -> None:
        page = show(templates, "recipe", recipe=poisoned(text))
        (title,) = page.find("meta", property="og:title")
        (description,) = page.find("meta", name="description")
        assert title.attributes["content"] == description.attributes["content"] == text

    @pytest.mark.parametrize("text", PAYLOADS)
    def test_j05_source_that_is_no_web_address_is_no_link(
        self, templates: Templates, text: str
    ) -> None:
        page = show(templates, "recipe", recipe=poisoned(text))
        (source,) = page.find("p", **{"class": "source"})
        assert source.find("a") == []
        assert source.text.startswith(f"From {text}")

    def test_j05_source_link_vouches_for_nothing(self, templates: Templates) -> None:
        (source,) = show(templates, "recipe").find("p", **{"class": "source"})
        (link,) = source.find("a")
        assert link.attributes["href"] == "https://www.example.org/cake?a=1&b=2"
        assert link.attributes["rel"] == "nofollow noopener noreferrer"
        assert source.text == "From example.org, by Nora"

    def test_no_picture_is_asked_from_another_site(self, templates: Templates) -> None:
        body = show(templates, "recipe").find("body")[0]
        loaded = [
            each.attributes.get(name, "") for each in body.inside for name in ("src", "srcset")
        ]
        assert "pictures.example.org" not in " ".join(loaded)


class TestHome:
    def test_more_follows_the_cursor_and_keeps_the_question(self, templates: Templates) -> None:
        page = show(templates, "home", query=QUERY | {"q": "a&b", "sort": "title"})
        (more,) = page.find("a", rel="next")
        assert more.attributes["href"] == "/?q=a%26b&sort=title&cursor=abc"

    def test_a_tag_is_put_on_and_taken_off(self, templates: Templates) -> None:
        tags = [{"id": "t1", "name": "Vegan"}, {"id": "t2", "name": "Bread"}]
        page = show(templates, "home", tags=tags, query=QUERY | {"tag": ["t1"]})
        chips = {each.text: each.attributes for each in page.find("a", **{"class": "chip"})}
        assert chips["Vegan"] == {"class": "chip", "href": "/", "aria-current": "true"}
        assert chips["Bread"] == {"class": "chip", "href": "/?tag=t1&tag=t2"}

    def test_an_empty_kitchen_says_how_to_begin(self, templates: Templates) -> None:
        main = show(templates, "home, empty").find("main")[0]
        assert {each.attributes["href"] for each in main.find("a")} == {"/import", "/recipes/new"}

    def test_no_match_repeats_the_words(self, templates: Templates) -> None:
        assert "Nothing matches “lobster”" in show(templates, "home, no match").text

    def test_no_match_of_filters_alone_says_so(self, templates: Templates) -> None:
        page = show(templates, "home, empty", query=QUERY | {"tag": ["t1"]})
        assert [each.text for each in page.find("h2")] == ["Nothing matches these filters"]


class TestRecipePage:
    def test_text_carries_the_language_of_the_recipe(self, templates: Templates) -> None:
        page = show(templates, "recipe", recipe=recipe(language="de", title="Apfelkuchen"))
        assert page.find("h1")[0].attributes["lang"] == "de"
        assert (
            page.find("div", **{"class": "body wrap"})[0].find("h2", lang="en")[0].text
            == "Ingredients"
        )

    def test_amounts_stand_in_their_own_column(self, templates: Templates) -> None:
        page = show(templates, "recipe")
        assert [each.text for each in page.find("span", **{"class": "amt"})] == ["1 ½ cup"]
        assert [each.text for each in page.find("span", **{"class": "food whole"})] == ["2 eggs"]

    def test_steps_are_numbered_through_all_sections(self, templates: Templates) -> None:
        page = show(templates, "recipe")
        assert [each.text for each in page.find("span", **{"class": "n"})] == ["1", "2", "3"]
        assert [each.attributes.get("start") for each in page.find("ol")] == [None, "3"]

    def test_facts_are_those_that_are_known(self, templates: Templates) -> None:
        (facts,) = show(templates, "recipe").find("dl", **{"class": "facts"})
        named = {each.find("dt")[0].text: each.find("dd")[0].text for each in facts.find("div")}
        expected = {
            "Total": "1 h 5 min",
            "Cook": "40\N{EN DASH}50 min",
            "Makes": "8 servings, 1 cake",
        }
        assert named == expected

    def test_who_may_not_change_it_sees_no_buttons(self, templates: Templates) -> None:
        main = show(templates, "recipe", can_edit=False, can_delete=False).find("main")[0]
        assert (main.find("form"), main.find("button")) == ([], [])

    def test_deleting_names_the_state_that_was_seen(self, templates: Templates) -> None:
        page = show(templates, "recipe", etag='"7"')
        (form,) = page.find("form", action=f"/recipes/{RECIPE_ID}/delete")
        assert form.find("input", name="etag")[0].attributes["value"] == '"7"'


class TestForm:
    def test_error_stands_beside_its_field(self, templates: Templates) -> None:
        page = show(templates, "edit, refused")
        (field,) = page.find("input", name="title")
        assert field.attributes["aria-invalid"] == "true"
        assert "e-title" in field.attributes["aria-describedby"]
        assert page.find("p", id="e-title")[0].text == "It needs one."

    def test_summary_leads_to_the_field(self, templates: Templates) -> None:
        (box,) = show(templates, "edit, refused").find("div", role="alert")
        assert box.find("a", href="#f-title")[0].text == "Title"

    def test_stale_form_keeps_the_text_and_names_the_newest_state(
        self, templates: Templates
    ) -> None:
        values = {"title": "Mine", "steps": "Mix.\n\nBake.", "language": "en"}
        page = show(templates, "edit, stale", values=values)
        assert "Someone else saved this recipe" in page.find("div", role="alert")[0].text
        assert page.find("textarea", name="steps")[0].text == "\nMix.\n\nBake.\n".removesuffix("\n")
        assert page.find("input", name="etag")[0].attributes["value"] == '"b"'

    def test_a_password_is_never_sent_back(self, templates: Templates) -> None:
        page = show(templates, "signup", values={"password": "correct horse battery", "once": "x"})
        assert "value" not in page.find("input", name="password")[0].attributes

    @pytest.mark.parametrize(("visibility", "offered"), [("household", 0), ("link", 1)])
    def test_a_link_is_offered_only_to_a_recipe_that_has_one(
        self, templates: Templates, visibility: str, offered: int
    ) -> None:
        page = show(templates, "new", recipe=recipe(visibility=visibility))
        (select,) = page.find("select", name="visibility")
        assert len(select.find("option", value="link")) == offered
        assert select.find("option", value="private")[0].text == "Only its author"

    def test_the_household_is_asked_only_when_there_are_two(self, templates: Templates) -> None:
        one = show(templates, "new", households=[("a", "Mine")])
        two = show(templates, "new")
        assert [bool(page.find("select", name="household_id")) for page in (one, two)] == [
            False,
            True,
        ]


class TestPlainHttp:
    @pytest.mark.parametrize("case", ["login", "signup", "setup"])
    def test_page_says_why_and_how_to_go_on(self, templates: Templates, case: str) -> None:
        page = show(templates, case, shell(), plain_http=PLAIN_HTTP)
        (notice,) = page.find("div", **{"class": "notice warn"})
        assert "nas:8000" in notice.text
        assert "POTLUCK_INSECURE_LOCAL_HTTP=true" in notice.text
        assert notice.find("a", href=PLAIN_HTTP["local_url"])
        assert page.find("main")[0].find("form") == []


class TestPreview:
    def test_shows_the_draft_and_what_is_doubtful(self, templates: Templates) -> None:
        page = show(templates, "preview", draft=draft())
        notice = page.find("div", role="status")[0]
        assert page.find("h1")[0].text == "Apple cake"
        assert notice.find("a", href=recipe_path(summary()))
        assert [each.text for each in notice.find("li")] == ["Hm."]
        buttons = page.find("main")[0].find("button", name="action")
        assert [each.attributes["value"] for each in buttons] == ["save", "edit"]


class TestPaths:
    def test_of_a_recipe_escape_the_slug(self) -> None:
        assert recipe_path({"id": "1", "slug": "ä/b?c"}) == "/recipes/1/%C3%A4%2Fb%3Fc"

    def test_query_leaves_out_what_is_empty(self) -> None:
        assert query_string(QUERY) == ""
        assert query_string(QUERY | {"q": "a b"}, tag=["x", "y"]) == "?q=a+b&tag=x&tag=y"


class TestPlate:
    def test_is_the_same_for_a_title_and_not_for_all(self) -> None:
        titles = ["Apple cake", "Bread", "Carrots", "Dal", "Eggs", "Falafel"]
        assert [plate(title) for title in titles] == [plate(title) for title in titles]
        assert {plate(title) for title in titles} <= {0, 1, 2, 3}
        assert len({plate(title) for title in titles}) > 1
