"""What Snowball's stemmers miss, or throw together, of the words of a kitchen; folded."""

# Each row: the stem and the forms that share it.
_FORMS = {
    "en": "leaf leaves, knife knives, loaf loaves, half halves, calf calves, goose geese",
}


def _read(rows: str) -> dict[str, str]:
    return {form: row.split()[0] for row in rows.split(",") for form in row.split()}


#: The stem of a form, by language.
STEMS = {language: _read(rows) for language, rows in _FORMS.items()}

#: Ends of Snowball's stems that differ between singular and plural, and what takes their place.
ENDINGS: dict[str, dict[str, str]] = {"it": {"ch": "c", "gh": "g"}}
