"""What Snowball's stemmers miss, or throw together, of the words of a kitchen; all folded."""

# Forms that share a stem, which is the first of them.
_FORMS = {
    "de": """
        ei eier, eis, gans ganse, keks kekse, kiwi kiwis, kurbis kurbisse, pizza pizzas pizzen,
        spaghetti spaghettis
    """,
    "en": """
        bayleaf bayleaves, calf calves, cloverleaf cloverleaves, fungus fungi, goose geese,
        half halves, knife knives, leaf leaves, loaf loaves, meatloaf meatloaves,
        octopus octopi octopuses, shelf shelves, tooth teeth
    """,
    "fr": """
        ail ails aulx, aloyau aloyaux, boyau boyaux, oeil yeux, noyau noyaux
    """,
    "it": """
        bue buoi, cucchiaio cucchiai, oca oche, pesca pesche, pesce pesci, spago spaghi
    """,
    "nl": """
        blad bladen bladeren, ei eieren, glas glazen, kalf kalveren, kers kersen, rund runderen
    """,
    "pt": """
        camarao camaroes, feijao feijoes, limao limoes, melao meloes, pao paes, pastel pasteis
    """,
}


def _read(rows: str) -> dict[str, str]:
    groups = [row.split() for row in rows.split(",")]
    return {form: group[0] for group in groups for form in group}


#: The stem of a form, by language.
STEMS = {language: _read(rows) for language, rows in _FORMS.items()}

#: Ends of Snowball's stems that differ between singular and plural, and what takes their place,
#: each tried in this order (avocados, uve, oche, ajos, nueces). Two letters stay at least.
ENDINGS: dict[str, dict[str, str]] = {
    "de": {"as": "a", "os": "o"},
    "es": {"os": "", "as": "", "es": "", "a": "", "e": "", "o": "", "c": "z"},
    "it": {"a": "", "e": "", "i": "", "o": "", "ch": "c", "gh": "g"},
    "pt": {"os": "o", "as": "a"},
}
