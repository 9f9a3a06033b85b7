"""The address that people use: whether this installation answers there, and what it believes."""

from collections.abc import AsyncIterator, Iterator
from urllib.parse import SplitResult, urlsplit

from potluck.clients import own_service
from potluck.clients.own_service import NoAnswer
from potluck.core import self_probe
from potluck.core.config_error import ConfigError
from potluck.core.self_probe import Seen
from potluck.services.doctor.finding import Finding, Patient
from potluck.services.doctor.key import key_of

CHECK = "address"
_PORTS = {"http": 80, "https": 443}


async def look(patient: Patient) -> AsyncIterator[Finding]:
    """What the running service says; nothing when no address was given."""
    if patient.address is None:
        return
    address = patient.address.rstrip("/")
    try:
        key = key_of(patient.settings)
    except ConfigError:
        key = None
    if key is None:
        return  # told already
    probe_key = key.derive(self_probe.LABEL)
    question = self_probe.ask(probe_key, patient.clock.now())
    try:
        status, headers = await own_service.headers_of(
            f"{address}/health/live", {self_probe.ASKED: question}
        )
    except NoAnswer as error:
        yield Finding(
            CHECK,
            "error",
            f"Nothing answers at {address}: {error}.",
            "See that the service and its proxy run, and that the name leads to this machine.",
        )
        return
    seen = self_probe.read(probe_key, question, headers.get(self_probe.SEEN.lower(), ""))
    if seen is None:
        yield _stranger(address, status, headers.get("location"))
        return
    for finding in compared(address, seen, patient.settings.public_url):
        yield finding


def compared(address: str, seen: Seen, public_url: str) -> Iterator[Finding]:
    """What was asked beside what arrived. Pure."""
    wanted = urlsplit(address)
    found = []
    if seen.scheme != wanted.scheme:
        found.append(
            Finding(
                CHECK,
                "error",
                f"A request by {wanted.scheme} arrives as {seen.scheme}.",
                "Let the proxy send X-Forwarded-Proto, and name its address in"
                f" POTLUCK_SERVER__TRUSTED_PROXIES; this request came from {seen.client}.",
            )
        )
    if _authority(urlsplit(f"{wanted.scheme}://{seen.host}")) != _authority(wanted):
        found.append(
            Finding(
                CHECK,
                "error",
                f"A request for {wanted.netloc} arrives as one for {seen.host}.",
                "Let the proxy hand the Host header on as it came (docs/operations/deploy.md).",
            )
        )
    if address != public_url:
        found.append(
            Finding(
                CHECK,
                "warning",
                f"The service answers at {address}, and its links lead to {public_url}.",
                "Set POTLUCK_BASE_URL to the address that people type.",
            )
        )
    yield from found
    if not found:
        what = f"This installation answers at {address}, to requests from {seen.client}."
        yield Finding(CHECK, "ok", what)


def _stranger(address: str, status: int, location: str | None) -> Finding:
    leads = f" and leads to {location}" if location else ""
    return Finding(
        CHECK,
        "error",
        f"What answers at {address} is not this installation: it says {status}{leads}.",
        "See where the proxy sends requests, that it lets headers through, and that the running"
        " service has this data folder, this version and the same time.",
    )


def _authority(parts: SplitResult) -> tuple[str | None, int | None]:
    return parts.hostname, parts.port or _PORTS.get(parts.scheme)
