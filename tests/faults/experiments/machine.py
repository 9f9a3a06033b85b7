"""R-02, R-09, R-10: what the machine gives: durable writes, room on the disk, descriptors."""

import asyncio
import contextlib
import io
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

from tests.faults.checker import check
from tests.faults.clients import RECIPES, Seen, at_work, create, sign_up, signed_in, writers
from tests.faults.experiments.database import SLACK
from tests.faults.house import House
from tests.faults.journal import Journal
from tests.faults.places import Place
from tests.faults.report import Row, skipped
from tests.postgres_keeper import give_away
from tests.processes import cpu_s

DESCRIPTORS = 64
#: How often writers meet a full disk before there is room again.
REFUSALS = 20
_CALL = re.compile(r"(?P<name>\w+)\((?P<fd>\d+)<(?P<path>[^>]*)>(?P<rest>.*)")


async def synced_before_answered(place: Place, engine: str) -> Row:
    """R-02: the calls of the server to the system, between the last page written and the answer."""
    what, expected = "strace of new recipes", "the WAL is synced between its last write and the 201"
    if shutil.which("strace") is None:
        return skipped("R-02", engine, what, "strace is not installed")
    count = place.amount(20, 3)
    with place.house(engine) as house:
        trace = house.folder / "trace"
        calls = "trace=pwrite64,read,recvfrom,write,writev,sendto,sendmsg,fsync,fdatasync"
        before = ("strace", "-D", "-f", "-y", "-s", "24", "-o", str(trace), "-e", calls)
        server = house.launch("--migrate", before=before)
        try:
            await asyncio.to_thread(server.wait_until_ready)
            token = await sign_up(server.url)
            with Journal(house.folder / "journal") as journal:
                async with signed_in(server.url, token) as client:
                    for _ in range(count):
                        await create(client, journal, Seen())
        finally:
            server.terminate()
            await asyncio.to_thread(server.end)
        synced, late = answers_and_syncs(trace.read_text(encoding="utf-8", errors="replace"))
    return Row(
        "R-02",
        engine,
        what,
        expected,
        f"{synced} of {synced + late} answers came after the sync",
        late == 0 and synced == count + 1,  # and the account
    )


def answers_and_syncs(trace: str) -> tuple[int, int]:
    """How many 201 were sent after what their request wrote was synced, and how many before.

    Jobs may write between the sync and the answer: that is not the request's any more.
    """
    has_written = is_synced = False
    synced = late = 0
    for line in trace.splitlines():
        if '"POST /' in line:
            has_written = is_synced = False
        found = _CALL.search(line)
        if found is None:
            continue
        if found["path"].endswith("-wal"):
            has_written |= found["name"] == "pwrite64"
            is_synced |= has_written and found["name"] in {"fsync", "fdatasync"}
        elif "HTTP/1.1 201" in found["rest"]:
            synced, late = synced + is_synced, late + (not is_synced)
    return synced, late


@contextlib.contextmanager
def small_disk(folder: Path, size: str, options: str = "") -> Iterator[None]:
    """A disk of its own at this folder; raises PermissionError where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        raise PermissionError("only root may mount a small disk")
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}{options}", "tmpfs", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PermissionError(f"no disk could be mounted: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(folder: Path) -> Path:
    """Take all the room that is left."""
    ballast = folder / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    return ballast


def picture() -> bytes:
    """A picture that needs some room."""
    target = io.BytesIO()
    Image.effect_noise((900, 900), 90).convert("RGB").save(target, "JPEG")
    return target.getvalue()


async def met_507(seen: Seen, within_s: float = 20.0) -> None:
    """Return when writers have been refused a few times because there is no room."""
    end = time.monotonic() + within_s
    while seen.statuses.get(507, 0) < REFUSALS and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def disk_full(place: Place, engine: str) -> Row:
    """R-09: the disk of the data folder fills up under writes, and is made free again."""
    what = "the disk of the data folder (16 MB) is full"
    refused = {"pictures", "writes"} if engine == "sqlite" else {"pictures"}
    try:
        with place.house(engine) as house, small_disk(house.data, "16m"):
            return await _disk_full(house, house.data, refused, what)
    except PermissionError as error:
        return skipped("R-09", engine, what, str(error))


async def database_disk_full(place: Place, engine: str) -> Row:
    """R-09: the same with the disk of the database, which PostgreSQL keeps in a tablespace."""
    what = "the disk of the database (32 MB) is full"
    folder = place.postgres.work / "small-disk"
    try:
        with small_disk(folder, "32m"):
            give_away(folder)
            with (
                place.postgres.tablespace("small", folder),
                place.house(engine, tablespace="small") as house,
            ):
                return await _disk_full(house, folder, {"writes"}, what)
    except PermissionError as error:
        return skipped("R-09", engine, what, str(error))


async def _disk_full(house: House, disk: Path, refused: set[str], what: str) -> Row:
    server = house.start()
    token = await sign_up(server.url)
    path = house.folder / "journal"
    with Journal(path) as journal:
        async with signed_in(server.url, token) as client:
            made = await create(client, journal, Seen())
            assert made
            cover = f"{RECIPES}/{made['id']}/cover"
            async with writers(server.url, token, journal) as full:
                await at_work(full)
                ballast = fill(disk)
                await (met_507(full) if "writes" in refused else at_work(full, full.good + 4))
            files = {"file": ("cake.jpg", picture(), "image/jpeg")}
            sent = await client.put(cover, files=files)
            readings = [await client.get(each) for each in (RECIPES, f"{RECIPES}/{made['id']}")]
            left = [each for each in house.data.rglob("incoming/*") if each.is_file()]
            ballast.unlink()
            since = time.monotonic()
            again = await create(client, journal, Seen())
            free_s = time.monotonic() - since
            accepted = await client.put(cover, files=files)
            async with writers(server.url, token, journal) as after:
                await at_work(after)
    found = check(house, path)
    read = sorted({each.status_code for each in readings})
    # A picture that is not refused may still find no room for its rows.
    sent_as_wanted = {507} if "pictures" in refused else {200, 507}
    written_as_wanted = {200, 201, 507} if "writes" in refused else {200, 201}
    return Row(
        "R-09",
        house.engine,
        what,
        f"507 for {' and '.join(sorted(refused))}, reads go on, nothing half, writes within 1 s"
        " when there is room",
        f"writes {full}; picture {sent.status_code}, reading {', '.join(map(str, read))};"
        f" {len(left)} halves of files; with room again: write in {free_s:.2f} s, picture"
        f" {accepted.status_code}, {after}; {found}",
        full.good > 0
        and set(full.statuses) <= written_as_wanted
        and (507 in full.statuses) == ("writes" in refused)
        and sent.status_code in sent_as_wanted
        and read == [200]
        and accepted.status_code == 200
        and not left
        and again is not None
        and free_s < 1 * SLACK
        and after.good == after.total > 0
        and found.is_good,
    )


async def descriptors(place: Place, engine: str) -> Row:
    """R-10: more connections than the process may have descriptors."""
    held_s = place.amount(5, 1)
    what, connections = f"200 connections, {DESCRIPTORS} descriptors", 200
    expected = "no busy loop (CPU below 50 %), well within 5 s afterwards"
    if shutil.which("prlimit") is None:
        return skipped("R-10", engine, what, "prlimit is not installed")
    with place.house(engine) as house:
        server = house.launch("--migrate", before=("prlimit", f"--nofile={DESCRIPTORS}"))
        await asyncio.to_thread(server.wait_until_ready)
        before_lines = server.said().count("\n")
        held: list[asyncio.StreamWriter] = []
        for _ in range(connections):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", server.port)
                held.append(writer)
        used, since = cpu_s(server.process.pid), time.monotonic()
        await asyncio.sleep(held_s)
        share = (cpu_s(server.process.pid) - used) / (time.monotonic() - since)
        for writer in held:
            writer.transport.abort()
        since = time.monotonic()
        status = 0
        while status != 200 and time.monotonic() < since + 15:
            with contextlib.suppress(OSError):
                status, _ = await asyncio.to_thread(server.get, "/health/ready")
        healed_s = time.monotonic() - since
        lines = server.said().count("\n") - before_lines
    return Row(
        "R-10",
        engine,
        what,
        expected,
        f"{len(held)} connected, CPU {share:.0%}, {lines} log lines, ready {status} after"
        f" {healed_s:.1f} s",
        len(held) > DESCRIPTORS
        and share < 0.5
        and status == 200
        and healed_s < 5 * 3
        and lines < 200,
    )
