"""Writes mails: subject, text and HTML from one template for each mail and language.

A template holds paragraphs, with blank lines between them, and names `button` and the blocks of
its layout; both differ between `templates/mail/text` and `templates/mail/html`. So the words of a
mail stand in one place, and text and HTML cannot say different things.
"""

import textwrap
from datetime import UTC, datetime
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from potluck.clients.email import Letter, one_line
from potluck.schemas.mail import Mail

FOLDER = Path(__file__).parent.parent / "templates" / "mail"
FALLBACK = "en"
#: What mails are written in (ISO 639-1), by name.
LANGUAGES = {"en": "English", "de": "Deutsch"}
#: RFC 5322, 2.1.1 asks for at most 78 characters.
WIDTH = 76

_MONTHS = {
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
    "de": (
        "Januar", "Februar", "März",  # codespell:ignore
        "April", "Mai", "Juni", "Juli", "August", "September",  # codespell:ignore
        "Oktober", "November", "Dezember",  # codespell:ignore
    ),
}  # fmt: skip
_MOMENTS = {
    "en": "{day} {month} {year}, {hour:02}:{minute:02} UTC",
    "de": "{day}. {month} {year}, {hour:02}:{minute:02} Uhr (UTC)",
}


class MailTexts:
    """Writes mails for the instance at `public_url`, which every link begins with."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._text = _environment("text")
        self._html = _environment("html")
        self._inliner = css_inline.CSSInliner(
            load_remote_stylesheets=False, keep_style_tags=False, keep_at_rules=True
        )

    def write(self, mail: Mail, locale: str) -> Letter:
        """The mail in the language of `locale` (BCP 47), or else in English."""
        language = language_of(locale)
        values = mail.model_dump(exclude={"path"}) | {
            "language": language,
            "home": self._public_url,
            "link": self._public_url + mail.path if hasattr(mail, "path") else "",
        }
        name = f"{language}/{mail.kind}.jinja"
        text = self._text.get_template(name)
        return Letter(
            subject=one_line(_subject(text, values)),
            text=text.render(values),
            html=self._inliner.inline(self._html.get_template(name).render(values)),
            language=language,
        )


def language_of(locale: str) -> str:
    """The language of ours that fits a locale such as `de-AT`."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else FALLBACK


def moment(at: datetime, language: str) -> str:
    """An instant in words; in UTC and saying so, as we do not know where its reader is."""
    at = at.astimezone(UTC)
    return _MOMENTS[language].format(
        day=at.day,
        month=_MONTHS[language][at.month - 1],
        year=at.year,
        hour=at.hour,
        minute=at.minute,
    )


def _environment(form: str) -> Environment:
    is_html = form == "html"
    environment = Environment(
        loader=FileSystemLoader([FOLDER / form, FOLDER]),
        autoescape=is_html,  # noqa: S701 - plain text has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "moment": _moment,
        "paragraphs": html_paragraphs if is_html else text_paragraphs,
    }
    return environment


@pass_context
def _moment(context: Context, at: datetime) -> str:
    return moment(at, context["language"])


def _subject(template: Template, values: dict[str, object]) -> str:
    return "".join(template.blocks["subject"](template.new_context(values)))


def text_paragraphs(body: str) -> str:
    """Paragraphs as lines of at most 76 characters; links stay whole."""
    return "\n\n".join(
        "\n".join(
            textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False)
            for line in _lines(paragraph)
        )
        for paragraph in _parted(body)
    )


def html_paragraphs(body: Markup) -> Markup:
    """Paragraphs as elements; what begins with a tag is one already.

    The tag is ours: in what people wrote, `<` is escaped by now.
    """
    parts = [
        Markup(each) if each.startswith("<") else Markup("<p>{}</p>").format(Markup(each))  # noqa: S704
        for each in _parted(escape(body))
    ]
    return Markup("\n").join(parts)


def _parted(body: str) -> list[str]:
    return [each.strip() for each in body.split("\n\n") if each.strip()]


def _lines(paragraph: str) -> list[str]:
    """Lines that end with a colon before a link stay apart from it; others are one."""
    lines = paragraph.split("\n")
    return lines if lines[-1].startswith(("http://", "https://")) else [" ".join(lines)]
