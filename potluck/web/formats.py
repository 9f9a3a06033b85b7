"""How amounts, times and dates read on a page.

The functions take the shapes that the API answers (a rational is `{"n": 3, "d": 2}`), give text or
escaped markup, and never round: an exact number is shown exactly.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from markupsafe import Markup

from potluck.domain.rational import KITCHEN_DENOMINATORS

#: Fractions of which both fonts of ours have a character; others are set from figures and U+2044.
VULGAR = {
    Fraction(1, 2): "½",
    Fraction(1, 4): "¼",
    Fraction(3, 4): "¾",
    Fraction(1, 8): "⅛",
    Fraction(3, 8): "⅜",
    Fraction(5, 8): "⅝",
    Fraction(7, 8): "⅞",
}
#: A number with another denominator than kitchens measure in reads better as a decimal.
#: 0.125 is still read at a glance, more places are not.
MOST_DECIMALS = 3
#: Between the ends of a range; between two that are more than a word, with blanks around.
DASH = "\N{EN DASH}"
FRACTION_SLASH = "\N{FRACTION SLASH}"

Number = int | Fraction | Mapping[str, int]


def duration(seconds: int) -> str:
    """Whole seconds as people say them: 3900 → `1 h 5 min`, 45 → `45 s`, 259200 → `3 d`.

    Up to 48 hours are said in hours ("24 h in the fridge"), more in days.
    """
    days = seconds // 86_400 if seconds > 172_800 else 0
    rest = seconds - days * 86_400
    parts = [(days, "d"), (rest // 3600, "h"), (rest % 3600 // 60, "min"), (rest % 60, "s")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def time_range(value: Mapping[str, Any] | None) -> str:
    """A TimeRange as text: `1 h 5 min`, `10-15 min`, the original words if unread, else empty."""
    if not value:
        return ""
    low, high = value.get("min_s"), value.get("max_s")
    low, high = (high if low is None else low), (low if high is None else high)
    if low is None or high is None:
        return value.get("original_text") or ""
    if low == high:
        return duration(low)
    first, last = duration(low), duration(high)
    # Only two of one unit share it: "1-2 h 5 min" would say something else.
    unit = first.partition(" ")[2]
    if unit == last.partition(" ")[2] and " " not in unit:
        return f"{first.partition(' ')[0]}{DASH}{last}"
    return f"{first} {DASH} {last}"


def number(value: Number) -> Markup:
    """An exact number: `{"n": 3, "d": 2}` → `1 <span class="frac">½</span>`.

    Denominators of the kitchen are shown as fractions, others as decimals where three places
    hold the number exactly, else as a fraction too.
    """
    exact = _exact(value)
    whole, rest = divmod(exact, 1)
    if not rest:
        return Markup(str(whole))  # noqa: S704  (digits only)
    scaled = exact * 10**MOST_DECIMALS
    if exact.denominator not in KITCHEN_DENOMINATORS and scaled.denominator == 1:
        places = str(int(scaled)).zfill(MOST_DECIMALS + 1)
        return Markup(f"{places[:-MOST_DECIMALS]}.{places[-MOST_DECIMALS:]}".rstrip("0"))  # noqa: S704
    part = VULGAR.get(rest, f"{rest.numerator}{FRACTION_SLASH}{rest.denominator}")
    fraction = Markup('<span class="frac">{}</span>').format(part)
    return Markup("{} {}").format(whole, fraction) if whole else fraction


def quantity(value: Mapping[str, Any] | None, share: Fraction = Fraction(1)) -> Markup:
    """A quantity of a line: `2`, `about 2`, `1 ½-2`, `up to 3`, `at least 3`, `to taste`, or empty.

    `share` multiplies it: the part of a line that one step uses.
    """
    if not value or value["kind"] == "none":
        return Markup()
    if value["kind"] == "to_taste":
        return Markup("to taste")
    low, high = (_times(value.get(end), share) for end in ("min", "max"))
    words = {"about": "about ", "up_to": "up to ", "at_least": "at least "}.get(value["kind"], "")
    if value["kind"] == "range" and low is not None and high is not None:
        return Markup("{}{}{}").format(number(low), DASH, number(high))
    known = low if low is not None else high
    return Markup() if known is None else Markup("{}{}").format(words, number(known))


def amount(line: Mapping[str, Any], share: Fraction = Fraction(1)) -> Markup:
    """All that measures a line: `1 ½-2 cups`, `2 tin (400 g)`, `1 cup + 2 tbsp`, or empty."""
    parts = [quantity(line.get("quantity"), share)]
    if line.get("unit_text"):
        parts.append(Markup.escape(line["unit_text"]))
    if package := line.get("package"):
        size = _joined(number(package["size"]), package.get("unit_text"))
        parts.append(Markup("({})").format(size))
    text = Markup(" ").join(part for part in parts if part)
    for more in line.get("plus") or ():
        size = _joined(number(_exact(more["amount"]) * share), more.get("unit_text"))
        text = Markup("{} + {}").format(text, size)
    return text


def servings(yields: Mapping[str, Any] | None) -> Markup:
    """What a recipe makes: `8 servings`, `8 servings, 1 cake`, `24 cookies`, or empty.

    The original words stand in when no number was read from them.
    """
    if not yields:
        return Markup()
    parts: list[Markup] = []
    if people := yields.get("servings"):
        word = "serving" if _exact(people) == 1 else "servings"
        parts.append(_joined(number(people), word))
    if count := yields.get("amount"):
        parts.append(_joined(number(count), yields.get("noun")))
    return Markup(", ").join(parts) or Markup.escape(yields.get("original_text") or "")


def date(value: str | datetime) -> Markup:
    """An instant (RFC 3339 text or aware datetime) as a day in UTC: `22 Nov 2025` in `<time>`."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    moment = moment.astimezone(UTC)
    text = f"{moment.day} {moment:%b %Y}"
    return Markup('<time datetime="{}">{}</time>').format(f"{moment:%Y-%m-%d}", text)


def moment(value: str | datetime) -> Markup:
    """An instant (RFC 3339 text or aware datetime) to the minute: `22 Nov 2025, 14:03 UTC`."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    at = at.astimezone(UTC)
    text = f"{at.day} {at:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(f"{at:%Y-%m-%dT%H:%M:%SZ}", text)


def ago(value: str | datetime, now: datetime) -> Markup:
    """How long ago an instant (RFC 3339 text or aware datetime) was, in words, in `<time>`.

    `now` is aware; what lies ahead of it, as clocks differ, is `just now`.
    """
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    seconds = int((now - moment).total_seconds())
    units = ((86_400, "day"), (3600, "hour"), (60, "minute"))
    length, unit = next((each for each in units if seconds >= each[0]), (1, ""))
    count = seconds // length
    text = f"{count} {unit}{'' if count == 1 else 's'} ago" if unit else "just now"
    stamp = f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return Markup('<time datetime="{}">{}</time>').format(stamp, text)


def initial(title: str) -> str:
    """The letter on the plate of a recipe without a picture: the first letter or figure."""
    return next((char.upper()[:1] for char in title if char.isalnum()), "")


def is_web_link(value: object) -> TypeGuard[str]:
    """Whether a text is an absolute http or https address: only those ever become a link."""
    if not isinstance(value, str) or any(char <= " " for char in value):
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def site(address: str) -> str:
    """The host of an address as people say it: `https://www.example.org/a` → `example.org`."""
    return (urlsplit(address).hostname or address).removeprefix("www.")


def _exact(value: Number) -> Fraction:
    return Fraction(value["n"], value["d"]) if isinstance(value, Mapping) else Fraction(value)


def _times(value: Number | None, share: Fraction) -> Fraction | None:
    return None if value is None else _exact(value) * share


def _joined(first: Markup, second: str | None) -> Markup:
    return Markup("{} {}").format(first, second) if second else first
