"""The only code of Potluck that opens outgoing HTTP connections."""

from potluck.clients.fetcher.client import guarded_client
from potluck.clients.fetcher.fetcher import Fetcher, GuardedFetcher
from potluck.clients.fetcher.page import FetchedPage

__all__ = ["FetchedPage", "Fetcher", "GuardedFetcher", "guarded_client"]
