"""Reading one recipe out of one HTML page, in a process of its own.

`PageReader` is what the rest of the program uses. Everything else here runs in its child: pages
are hostile until proven otherwise, and the libraries that parse them may throw, loop or swell.
"""

from potluck.services.page_reading.page_reader import PageReader

__all__ = ["PageReader"]
