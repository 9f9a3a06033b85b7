# ruff: noqa: RUF001  pages use dashes and quotes that look like ours
from fractions import Fraction
from typing import Any

import pytest

from potluck.core.errors import NoRecipeFound
from potluck.domain.page_recipe import PageStep, PageTime, PageYield
from potluck.services.page_reading.reader import read
from tests.services.page_reading.pages import page, with_recipe


class TestMicrodata:
    recipe = read(page("microdata"), "https://suppe.example/linsen")

    def test_names_its_rung_and_its_members(self) -> None:
        recipe = self.recipe
        assert recipe.method == "microdata"
        assert (recipe.title, recipe.author) == ("Linsensuppe", "Oma Trude")
        assert recipe.language == "de-AT"
        assert recipe.image_url == "https://suppe.example/suppe.jpg"
        assert recipe.times.prep == PageTime(600, 600)
        assert recipe.times.total == PageTime(3600, 3600)
        assert recipe.yields == PageYield(Fraction(4), None, None, "4 Portionen")

    def test_an_amount_beside_the_markup_belongs_to_the_line(self) -> None:
        assert self.recipe.lines == ("250 g Linsen", "1 Zwiebel", "2 EL Essig")

    def test_instructions_in_one_element_are_cut_at_its_blocks(self) -> None:
        expected = (PageStep("Linsen waschen."), PageStep("Alles 40 Minuten kochen."))
        assert self.recipe.sections == ((None, expected),)

    def test_rdfa_is_read_the_same_way(self) -> None:
        html = """
        <div typeof="schema:Recipe"><h2 property="schema:name">Rice</h2>
        <p property="schema:recipeIngredient">rice</p>
        <p property="schema:recipeInstructions">Boil it.</p></div>
        """
        recipe = read(html, None)
        assert (recipe.method, recipe.title) == ("microdata", "Rice")
        assert (recipe.lines, recipe.steps) == (("rice",), ("Boil it.",))

    def test_ingredients_as_items_of_amount_and_name(self) -> None:
        html = """
        <div itemscope itemtype="http://data-vocabulary.org/Recipe"><h1 itemprop="name">Salsa</h1>
        <ul><li><span itemprop="ingredient" itemscope><span itemprop="amount">1 can</span>
        <span itemprop="name">tomatoes</span></span></li></ul>
        <p itemprop="instructions">Blend.</p></div>
        """
        assert read(html, None).lines == ("1 can tomatoes",)


class TestHRecipe:
    recipe = read(page("h-recipe"), "https://log.example/2024/toast")

    def test_names_its_rung_and_its_members(self) -> None:
        recipe = self.recipe
        assert recipe.method == "h-recipe"
        assert recipe.title == "Green toast"
        assert recipe.summary == "Breakfast in no time."
        assert recipe.author == "Ines Falk"
        assert recipe.image_url == "https://log.example/2024/toast.jpg"
        assert recipe.tags == (("free", "breakfast"),)
        assert recipe.times.total == PageTime(720, 720)
        assert recipe.yields == PageYield(None, Fraction(2), "slices", "2 slices")

    def test_lines_and_steps(self) -> None:
        assert self.recipe.lines == ("2 slices of bread", "1 avocado")
        assert self.recipe.steps == ("Toast the bread.", "Mash the avocado on top.")

    def test_the_older_class_names(self) -> None:
        html = """
        <div class="hrecipe"><span class="fn">Tea</span><span class="ingredient">1 bag of tea</span>
        <span class="duration"><span class="value-title" title="PT5M"></span>five</span>
        <p class="instructions">Steep it.</p></div>
        """
        recipe = read(html, None)
        assert (recipe.title, recipe.lines, recipe.steps) == (
            "Tea",
            ("1 bag of tea",),
            ("Steep it.",),
        )
        assert recipe.times.total == PageTime(300, 300)


class TestVisiblePage:
    recipe = read(page("headings"), None)

    def test_names_the_last_rung(self) -> None:
        assert self.recipe.method == "opengraph"

    def test_title_summary_and_picture_are_those_of_opengraph(self) -> None:
        recipe = self.recipe
        assert recipe.title == "Galettes aux poireaux"
        assert recipe.summary == "Des galettes dorées."
        assert recipe.image_url == "https://lou.example/galettes.jpg"

    def test_lists_below_the_words_are_lines_and_steps(self) -> None:
        assert self.recipe.groups == (
            (None, ("2 poireaux", "3 œufs")),
            ("Sauce", ("1 yaourt", "quelques brins d’aneth")),
        )
        assert self.recipe.steps == (
            "Émincer les poireaux.",
            "Mélanger avec les œufs et cuire.",
        )

    def test_times_and_yield_stand_beside_their_labels(self) -> None:
        recipe = self.recipe
        assert recipe.times.prep == PageTime(1200, 1200, "20 min")
        assert recipe.times.cook == PageTime(900, 1200, "15 à 20 min")
        assert recipe.times.rest == PageTime(3600, 3600, "1 h")
        assert recipe.times.total == PageTime(5700, 6000)
        assert recipe.yields == PageYield(Fraction(4), None, None, "Pour 4 personnes")

    def test_paragraphs_do_when_there_are_no_lists(self) -> None:
        html = """
        <h1>Soup</h1><p><b>Ingredients:</b></p><p>1 onion</p><p>1 l water</p>
        <p><b>Method:</b></p><p>Fry the onion until it is soft.</p><p>Add the water and boil.</p>
        <p><b>Notes</b></p><p>Better the next day.</p>
        """
        recipe = read(html, None)
        assert recipe.lines == ("1 onion", "1 l water")
        assert recipe.steps == ("Fry the onion until it is soft.", "Add the water and boil.")

    @pytest.mark.parametrize(
        "html",
        [
            "",
            "<p>",
            "Just words.",
            "<h1>Ten soups</h1><ul><li>Leek</li><li>Pea</li></ul>",
            '<meta property="og:title" content="Soup"><meta property="og:image" content="/a.jpg">',
            "<h2>Instructions</h2><ol><li>Press the button for 5 s.</li><li>Let it go.</li></ol>",
        ],
    )
    def test_a_page_with_neither_lines_nor_steps_has_no_recipe(self, html: str) -> None:
        with pytest.raises(NoRecipeFound):
            read(html, None)


class TestWhatThePageAdds:
    def test_steps_that_the_data_lacks(self) -> None:
        body = "<h2>Method</h2><ol><li>Toast the bread until it is brown.</li><li>Eat.</li></ol>"
        recipe = read(with_recipe(recipeInstructions=None, body=body), None)
        assert recipe.method == "json-ld"
        assert recipe.steps == ("Toast the bread until it is brown.", "Eat.")

    def test_the_cuts_between_steps_that_the_data_glued(self) -> None:
        body = "<h2>Method</h2><p>Mix well</p><p>Bake for an hour</p>"
        recipe = read(with_recipe(recipeInstructions="Mix well Bake for an hour", body=body), None)
        assert recipe.steps == ("Mix well", "Bake for an hour")

    def test_the_lines_that_the_data_cut_off(self) -> None:
        lines = ["1 egg", "2 plums", "3 pears", "4 figs"]
        items = "".join(f"<li>{line}</li>" for line in lines)
        body = f"<h2>Ingredients</h2><ul>{items}</ul>"
        recipe = read(with_recipe(recipeIngredient=lines[:2], body=body), None)
        assert recipe.lines == tuple(lines)

    def test_the_blank_that_the_data_lost(self) -> None:
        body = "<h2>Ingredients</h2><ul><li>1 onion</li><li>2 carrots</li></ul>"
        recipe = read(with_recipe(recipeIngredient=["1onion", "2carrots"], body=body), None)
        assert recipe.lines == ("1 onion", "2 carrots")

    def test_a_heading_that_the_data_took_for_a_line(self) -> None:
        body = """<h2>Ingredients</h2><ul><li>1 egg</li><li>2 plums</li></ul>
        <h3>Sauce</h3><ul><li>3 figs</li><li>salt</li></ul>"""
        lines = ["1 egg", "2 plums", "Sauce", "3 figs", "salt"]
        recipe = read(with_recipe(recipeIngredient=lines, body=body), None)
        assert recipe.groups == ((None, ("1 egg", "2 plums")), ("Sauce", ("3 figs", "salt")))

    def test_other_words_on_the_page_change_nothing(self) -> None:
        body = "<h2>Ingredients</h2><h3>Sauce</h3><ul><li>1 egg</li><li>2 plums and more</li></ul>"
        recipe = read(with_recipe(recipeIngredient=["1 egg", "2 plums"], body=body), None)
        assert recipe.groups == ((None, ("1 egg", "2 plums")),)

    def test_a_tag_left_open_does_not_hide_the_page(self) -> None:
        rest = "<p>words</p>" * 200
        html = f"""<button><div></button><h1>Soup</h1><h2>Ingredients</h2>
        <ul><li>1 onion</li><li>water</li></ul>{rest}"""
        assert read(html, None).lines == ("1 onion", "water")


class TestFactsOfThePage:
    @pytest.mark.parametrize(
        ("head", "stated", "expected"),
        [
            ('<html lang="pt_BR">', "en", "pt-BR"),
            ("<html>", "sv", "sv"),
            ('<meta property="og:locale" content="fr_FR">', None, "fr-FR"),
            ('<html lang="not a language">', "de", "de"),
            ("<html>", None, None),
        ],
    )
    def test_language(self, head: str, stated: str | None, expected: str | None) -> None:
        html = head + with_recipe(inLanguage=stated).removeprefix("<html>")
        assert read(html, None).language == expected

    @pytest.mark.parametrize(
        ("head", "members", "expected"),
        [
            ('<link rel="canonical" href="/a#top">', {}, "https://a.example/a"),
            ('<meta property="og:url" content="https://www.a.example/b">', {}, "https://www.a.example/b"),
            ("", {"url": "https://a.example/c"}, "https://a.example/c"),
            ("", {"mainEntityOfPage": {"@id": "https://a.example/d"}}, "https://a.example/d"),
            ("", {}, "https://a.example/x"),
            ('<link rel="canonical" href="https://evil.example/a">', {}, "https://a.example/x"),
            ('<link rel="canonical" href="javascript:alert(1)">', {}, "https://a.example/x"),
        ],
    )  # fmt: skip
    def test_canonical_address(self, head: str, members: dict[str, Any], expected: str) -> None:
        html = with_recipe(head=head, **members)
        assert read(html, "https://a.example/x#frag").canonical_url == expected

    def test_a_pasted_page_is_believed_about_its_address(self) -> None:
        html = with_recipe(head='<link rel="canonical" href="https://b.example/toast">')
        assert read(html, None).canonical_url == "https://b.example/toast"

    @pytest.mark.parametrize(
        "address",
        ["javascript:alert(1)", "data:image/png;base64,AA", "file:///etc/passwd", "http://"],
    )
    def test_a_picture_is_on_the_web_or_not_at_all(self, address: str) -> None:
        assert read(with_recipe(image=address), "https://a.example/").image_url is None

    def test_a_title_with_a_tail_for_search_engines_gives_way_to_the_heading(self) -> None:
        html = with_recipe(name="Toast recipe - Site", body="<h1>Toast</h1>")
        assert read(html, None).title == "Toast"
