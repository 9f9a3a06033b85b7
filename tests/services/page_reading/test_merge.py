from fractions import Fraction

from potluck.domain.page_recipe import PageRecipe, PageStep, PageTime, PageTimes, PageYield
from potluck.services.page_reading.merge import merge
from potluck.services.page_reading.reader import read
from tests.services.page_reading.pages import with_recipe

KNOWN = "https://www.allrecipes.com/recipe/1/toast/"


def steps(*texts: str) -> tuple[PageStep, ...]:
    return tuple(PageStep(text) for text in texts)


class TestMerge:
    site = PageRecipe(
        method="site",
        title="Site title",
        groups=((None, ("1 egg", "salt")),),
        sections=((None, steps("Dough", "Mix.", "Bake.")),),
    )

    def test_the_site_goes_first_and_we_fill(self) -> None:
        own = PageRecipe(method="json-ld", title="Our title", author="Mara")
        merged = merge(self.site, own)
        assert merged is not None
        assert (merged.method, merged.title, merged.author) == ("site", "Site title", "Mara")

    def test_a_site_without_lines_and_steps_does_not_name_the_method(self) -> None:
        own = PageRecipe(method="json-ld", groups=((None, ("1 egg",)),))
        merged = merge(PageRecipe(method="site", author="Mara"), own)
        assert merged is not None
        assert (merged.method, merged.author) == ("json-ld", "Mara")

    def test_our_headings_stand_over_the_lines_of_the_site(self) -> None:
        own = PageRecipe(method="json-ld", groups=(("A", ("1 Egg",)), ("B", ("salt",))))
        merged = merge(self.site, own)
        assert merged is not None
        assert merged.groups == (("A", ("1 egg",)), ("B", ("salt",)))

    def test_headings_that_the_site_took_for_steps_are_headings(self) -> None:
        own = PageRecipe(method="json-ld", sections=(("Dough", steps("Mix.", "Bake.")),))
        merged = merge(self.site, own)
        assert merged is not None
        assert merged.sections == (("Dough", steps("Mix.", "Bake.")),)

    def test_titles_that_the_site_took_for_steps_are_titles(self) -> None:
        own_steps = (PageStep("Mix.", "Dough"), PageStep("Bake."))
        own = PageRecipe(method="json-ld", sections=((None, own_steps),))
        merged = merge(self.site, own)
        assert merged is not None
        assert merged.sections == ((None, own_steps),)

    def test_our_yield_wins_when_it_tells_the_same_number_in_more_words(self) -> None:
        ours = PageYield(Fraction(8), Fraction(1), "cake", "1 cake (8 slices)")
        own = PageRecipe(method="json-ld", yields=ours)
        for said, expected in ((8, ours), (6, PageYield(Fraction(6)))):
            site = PageRecipe(
                method="site", groups=self.site.groups, yields=PageYield(Fraction(said))
            )
            merged = merge(site, own)
            assert merged is not None
            assert merged.yields == expected

    def test_our_time_wins_when_it_holds_the_minutes_of_the_site(self) -> None:
        site = PageRecipe(
            method="site",
            groups=self.site.groups,
            times=PageTimes(prep=PageTime(1800, 1800), cook=PageTime(600, 600)),
        )
        ours = PageTimes(prep=PageTime(1200, 1800, "20-30 min"), cook=PageTime(60, 60))
        merged = merge(site, PageRecipe(method="json-ld", times=ours))
        assert merged is not None
        assert merged.times.prep == ours.prep
        assert merged.times.cook == PageTime(600, 600)


class TestKnownSite:
    def test_a_host_with_a_scraper_of_its_own_is_read_by_it(self) -> None:
        recipe = read(with_recipe(recipeYield="2"), KNOWN)
        assert recipe.method == "site"
        assert (recipe.lines, recipe.steps) == (("1 slice of bread",), ("Toast the bread.",))

    def test_a_pasted_page_tells_its_site_itself(self) -> None:
        html = with_recipe(head=f'<link rel="canonical" href="{KNOWN}">')
        assert read(html, None).method == "site"

    def test_a_scraper_that_throws_leaves_our_own_reading(self) -> None:
        html = "[" + with_recipe()
        assert read(html, KNOWN).lines == ("1 slice of bread",)

    def test_an_unknown_host_is_read_by_the_ladder(self) -> None:
        assert read(with_recipe(), "https://kitchen.example/").method == "json-ld"
