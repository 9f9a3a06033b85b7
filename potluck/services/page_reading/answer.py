"""One page to one reply, whatever the libraries throw."""

from potluck.core.errors import NoRecipeFound
from potluck.services.page_reading import frames
from potluck.services.page_reading.reader import read


def answer(html: str, url: str | None) -> bytes:
    """The reply for a page; a page that breaks something has no recipe, and wears the child out."""
    try:
        return frames.reply(recipe=read(html, url).to_plain())
    except NoRecipeFound as refusal:
        return frames.reply(refused=refusal.detail)
    except Exception:  # noqa: BLE001  libraries throw anything at hostile pages
        return frames.reply(refused="The page could not be understood.", worn=True)
