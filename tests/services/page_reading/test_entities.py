"""I-08: what a page declares is not expanded, and no file of ours is read for it."""

from pathlib import Path

import pytest

from potluck.core.errors import NoRecipeFound
from potluck.services.page_reading.reader import read
from tests.services.page_reading.pages import with_recipe

MARK = "eleven-secret-onions"
LAUGHS = "".join(
    f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else f'<!ENTITY l0 "{MARK}">' for n in range(10)
)


class TestDeclaredEntities:
    @pytest.mark.parametrize("kind", ["", '<?xml version="1.0"?>'])
    def test_i08_are_not_expanded(self, kind: str) -> None:
        html = f"{kind}<!DOCTYPE html [{LAUGHS}]>{with_recipe(name='&l9;')}<h1>&l9;</h1>"
        recipe = read(html, None)
        assert recipe.title == "&l9;"
        assert repr(recipe).count(MARK) == 0

    def test_i08_of_files_are_not_read(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text(MARK, encoding="utf-8")
        declared = f'<!DOCTYPE r [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
        assert MARK not in repr(read(f"{declared}{with_recipe()}<p>&x;</p>", None))

    def test_i08_xml_is_no_page_with_a_recipe(self) -> None:
        document = f'<?xml version="1.0"?><!DOCTYPE lolz [{LAUGHS}]><lolz>&l9;</lolz>'
        with pytest.raises(NoRecipeFound):
            read(document, None)
