"""R-16, R-22, R-23: two processes start at once, a migration is killed, the folder is unfit."""

import asyncio
import random
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import httpx2

from tests.faults.checker import rows_of
from tests.faults.clients import API, PASSWORD, RECIPES, sign_up, signed_in
from tests.faults.experiments.machine import small_disk
from tests.faults.house import House
from tests.faults.places import Place
from tests.faults.report import Row, skipped

EX_CONFIG = 78
SEED = 16


async def two_at_once(place: Place, engine: str) -> Row:
    """R-22: two processes start on nothing at all; what one makes, the other knows."""
    with place.house(engine) as house:
        servers = [house.launch("--migrate") for _ in range(2)]
        for server in servers:
            await asyncio.to_thread(server.wait_until_ready)
        with rows_of(house) as rows:
            keys = len(rows("SELECT kid FROM signing_key"))
            instances = len(rows("SELECT id FROM instance"))
            revisions = len(rows("SELECT version_num FROM alembic_version"))
        secret = (house.data / "setup-secret").read_text(encoding="utf-8").strip()
        account = {"email": "eve@example.org", "password": PASSWORD, "display_name": "Eve"}
        async with httpx2.AsyncClient(base_url=servers[0].url, timeout=20) as client:
            wrong = await client.post(f"{API}/auth/setup", json=account | {"secret": "pss_x"})
            set_up = await client.post(f"{API}/auth/setup", json=account | {"secret": secret})
        token = await sign_up(servers[0].url)
        async with signed_in(servers[1].url, token) as client:
            known = (await client.post(RECIPES, json={"title": "Cake"})).status_code
    statuses = (wrong.status_code, set_up.status_code)
    return Row(
        "R-22",
        engine,
        "two processes start at once on nothing",
        "one migration, one signing key, one setup secret; a token of one is good at the other",
        f"{revisions} revision, {keys} key, {instances} instance; setup answers {statuses} to a"
        f" wrong and to the written secret; the other's token: {known}",
        (revisions, keys, instances, known) == (1, 1, 1, 201) and statuses == (401, 201),
    )


async def migration_killed(place: Place, engine: str) -> Row:
    """R-16: the first start is killed at random moments; the next one finishes or begins anew."""
    kills, chance = place.amount(12, 1), random.Random(SEED)  # noqa: S311
    begun, slowest = 0, 0.0
    for _ in range(kills):
        with place.house(engine) as house:
            process = migrating(house)
            await asyncio.to_thread(wait_for_data, house, process)
            await asyncio.sleep(chance.uniform(0.0, 0.6))
            begun += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
            since = time.monotonic()
            server = house.launch("--migrate")
            await asyncio.to_thread(server.wait_until_ready)
            slowest = max(slowest, time.monotonic() - since)
            token = await sign_up(server.url)
            async with signed_in(server.url, token) as client:
                made = await client.post(RECIPES, json={"title": "Cake"})
            assert made.status_code == 201, made.text
    return Row(
        "R-16",
        engine,
        f"kill -9 of the first migration, {kills} times",
        "the next start finishes it and serves",
        f"{begun} were killed before they ended; every next start served, the slowest after"
        f" {slowest:.1f} s",
        begun > 0,
    )


def migrating(house: House) -> "subprocess.Popen[bytes]":
    """`potluck migrate`, running."""
    return subprocess.Popen(
        house.command("migrate"),
        cwd=house.folder,
        env=house.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for_data(house: House, process: "subprocess.Popen[bytes]") -> None:
    """Return when the process has begun to make its places."""
    while process.poll() is None and not house.data.exists():
        time.sleep(0.005)


async def unfit_folder(place: Place, engine: str) -> Row:
    """R-23: the data folder is a file, cannot be made, is read-only, or its disk is full."""
    said: list[str] = []
    is_good = True
    try:
        with place.house(engine) as house, ExitStack() as stack:
            file = house.folder / "file"
            file.write_text("", encoding="utf-8")
            unfit = {"a file": file}
            disks = {"read-only": ("1m", ",ro"), "full": ("4k", "")}
            if place.is_full:  # too small at different moments of the first start
                unfit["below a file"] = file / "data"
                disks |= {f"{size} free": (size, "") for size in ("64k", "400k", "700k")}
            for name, (size, options) in disks.items():
                unfit[name] = house.folder / name
                stack.enter_context(small_disk(unfit[name], size, options))
            for name, folder in unfit.items():
                status, lines = await asyncio.to_thread(start_in, house, folder)
                said.append(f"{name}: {status}, {lines[-1][:90] if lines else 'nothing'}")
                is_good &= status == EX_CONFIG and len(lines) == 2
    except PermissionError as error:
        return skipped("R-23", engine, "the data folder is unfit", str(error))
    return Row(
        "R-23",
        engine,
        "the data folder is a file, below a file, read-only, full",
        "exit 78 and one clear line",
        "; ".join(said),
        is_good,
    )


def start_in(house: House, folder: Path) -> tuple[int, list[str]]:
    """Exit status and standard error of a start with another data folder."""
    done = subprocess.run(
        house.command("serve", "--migrate"),
        cwd=house.folder,
        env=house.environment({"POTLUCK_DATA_DIR": str(folder)}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stderr.strip().splitlines()
