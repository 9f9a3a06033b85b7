"""Nutrition facts: schema.org's strings with units inside ("9 grams fat") as code, amount, unit."""

import re
from collections.abc import Mapping
from fractions import Fraction

from potluck.domain.page_recipe import Basis, PageNutrition
from potluck.services.page_reading.numbers import decimal_text

_CODES = {
    "calories": ("energy", "kcal"),
    "energy": ("energy", "kcal"),
    "fatcontent": ("fat", "g"),
    "saturatedfatcontent": ("saturated_fat", "g"),
    "transfatcontent": ("trans_fat", "g"),
    "unsaturatedfatcontent": ("unsaturated_fat", "g"),
    "carbohydratecontent": ("carbohydrate", "g"),
    "sugarcontent": ("sugar", "g"),
    "fibercontent": ("fiber", "g"),
    "proteincontent": ("protein", "g"),
    "sodiumcontent": ("sodium", "mg"),
    "saltcontent": ("salt", "g"),
    "cholesterolcontent": ("cholesterol", "mg"),
}
_UNITS = {
    "g": "g", "gr": "g", "gram": "g", "grams": "g", "gramm": "g", "gramme": "g", "grammes": "g",
    "grammi": "g", "gramos": "g", "mg": "mg", "milligram": "mg", "milligrams": "mg", "mcg": "µg",
    "µg": "µg", "kcal": "kcal", "cal": "kcal", "calories": "kcal", "calorie": "kcal",
    "kalorien": "kcal", "calorías": "kcal", "kilocalories": "kcal", "kj": "kJ", "kilojoule": "kJ",
    "kilojoules": "kJ",
}  # fmt: skip
_AMOUNT = re.compile(
    r"([1-9]\d{0,2}(?:[,.]\d{3}){1,2}(?!\d)|\d{1,7})(?:[.,](\d{1,4}))?\s*([^\W\d_]{1,12})?"
)
_PER_100 = re.compile(r"(?<!\d)100\s*(?:g|ml|gr|gram|grams|gramm)\b", re.IGNORECASE)
_WEIGHT = {"g": Fraction(1), "mg": Fraction(1, 1000), "µg": Fraction(1, 1_000_000)}


def read_nutrition(values: Mapping[str, str]) -> PageNutrition | None:
    """Facts by schema.org property name; what is no number is left out; None when none is left."""
    read: dict[str, tuple[str, str]] = {}
    for name, text in values.items():
        code, unit = _CODES.get(name.casefold(), ("", ""))
        value = _read_value(text, unit) if code else None
        if value is not None:
            read.setdefault(code, value)
    return PageNutrition(_basis(values), read) if read else None


def _basis(values: Mapping[str, str]) -> Basis:
    serving = next((v for k, v in values.items() if k.casefold() == "servingsize"), "")
    return "per_100g" if _PER_100.search(serving[:200]) else "per_serving"


def _read_value(text: str, default_unit: str) -> tuple[str, str] | None:
    match = _AMOUNT.search(text[:200])
    if match is None:
        return None
    whole, places, word = match.groups()
    # "1,234" is a thousand with a mark, "1,5" one and a half: three digits tell them apart.
    number = Fraction(re.sub(r"[.,]", "", whole) + (f".{places}" if places else ""))
    unit = _UNITS.get((word or "").casefold(), default_unit)
    if (unit in {"kcal", "kJ"}) != (default_unit == "kcal"):
        unit = default_unit
    return decimal_text(number), unit
