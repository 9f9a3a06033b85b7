"""Q-01: what is locked is not older than the versions that mended what we know of.

Each floor names what was mended; the advisories are in the projects' own change logs and in the
CVE list.
"""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.deploy.test_files import pins, read

SERVING = "requirements.lock"
FLOORS = {
    "starlette": "1.3.1",  # CVE-2026-54283 limits of forms, CVE-2026-48710 Host, CVE-2025-62727
    "python-multipart": "0.0.30",  # CVE-2026-53539 quadratic forms
    "h11": "0.16",  # CVE-2025-43859 ends of chunks
    "joserfc": "1.8",  # CVE-2026-27932 cost of a key chosen by the sender
    "pillow": "13.0",  # its own security fixes come with every release
    "lxml": "5",  # no external entities by default
    "jinja2": "3.1.6",  # CVE-2025-27516 out of the sandbox
    "cryptography": "46",
    "nh3": "0.3",
    "uvicorn": "0.54",
}
#: Unmaintained, or with a history of holes that what we use instead does not have. `requests` comes
#: with what reads pages and is imported by nothing of ours (tests/architecture/test_outgoing.py).
FORBIDDEN = {
    "python-jose", "pyjwt", "passlib", "bcrypt", "bleach", "httpx", "aiohttp", "pyyaml", "dill",
    "jwcrypto",
}  # fmt: skip


@pytest.mark.parametrize("name", FLOORS)
def test_q01_no_package_is_older_than_its_floor(name: str) -> None:
    locked = {Version(version) for pinned, version in pins(SERVING) if pinned == name}
    assert locked, f"{name} is not locked; take its floor away"
    assert min(locked) >= Version(FLOORS[name])


def test_q01_nothing_that_is_forbidden_serves() -> None:
    names = {re.sub(r"[-_.]+", "-", pinned).lower() for pinned, _ in pins(SERVING)}
    assert names & FORBIDDEN == set()


def test_q01_the_newer_sqlite_that_is_offered_has_the_mended_wal() -> None:
    """Below 3.51.3 two processes may corrupt a file; pysqlite3 0.6.1 carries 3.53.4."""
    extras = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
    offered = Requirement(extras["sqlite-new"][0])
    assert offered.name == "pysqlite3"
    assert not offered.specifier.contains("0.6.0")
