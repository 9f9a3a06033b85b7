"""QR codes (ISO/IEC 18004) of our own links, as SVG that stands inside a page."""

import segno
from markupsafe import Markup

#: The quiet zone that the standard asks for, in modules.
_QUIET = 4


def svg(text: str) -> Markup:
    """The code of a text; dark on light in either scheme, as scanners expect it.

    Level M restores a code of which 15 % cannot be read.
    """
    code = segno.make(text, error="m", micro=False)
    drawn = code.svg_inline(
        border=_QUIET, omitsize=True, dark="#000", light="#fff", svgclass=None, lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn from numbers: nothing of the text stands in it
