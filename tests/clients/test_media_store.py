"""The store with a real folder."""

import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest

from potluck.clients.media_store import MediaStore, media_key
from potluck.core.errors import StorageFull, Unavailable

ROOT = str(Path(__file__).parents[2])
DIGEST = "0123456789abcdef" * 4
KEY = media_key(DIGEST, 480, "webp")
OTHER_KEY = media_key("f" * 64, 1200, "avif")
EVER = datetime(9999, 1, 1, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "media"


@pytest.fixture
def store(folder: Path) -> MediaStore:
    return MediaStore(folder)


async def listed(store: MediaStore, instant: datetime = EVER) -> list[str]:
    return sorted([key async for key in store.list_older_than(instant)])


def age(file: Path, instant: datetime) -> None:
    os.utime(file, (instant.timestamp(), instant.timestamp()))


def files(folder: Path) -> list[str]:
    """Every file of the store, whatever it is, without its folder."""
    return sorted(each.name for each in folder.rglob("*") if each.is_file())


def writing(folder: Path, size: int) -> subprocess.Popen[bytes]:
    """A process that puts one file after another, each of `size` bytes, until it is ended."""
    program = (
        "import asyncio, pathlib\n"
        "from potluck.clients.media_store import MediaStore, media_key\n"
        f"store = MediaStore(pathlib.Path({str(folder)!r}))\n"
        "async def main():\n"
        "    for each in range(10**9):\n"
        f"        await store.put(media_key(f'{{each:064x}}', 480, 'webp'), bytes({size}))\n"
        "asyncio.run(main())\n"
    )
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)


class TestKeys:
    def test_a_key_is_two_letters_of_the_digest_and_the_file_s_facts(self) -> None:
        assert media_key(DIGEST, 480, "webp") == f"01/{DIGEST}-480.webp"

    @pytest.mark.parametrize(
        ("digest", "width", "format"),
        [
            ("../" + DIGEST, 480, "webp"),
            (DIGEST.upper(), 480, "webp"),
            (DIGEST[:63], 480, "webp"),
            (DIGEST, 0, "webp"),
            (DIGEST, -1, "webp"),
            (DIGEST, 100_000, "webp"),
            (DIGEST, 480, "svg"),
            (DIGEST, 480, "webp/../../x"),
            (DIGEST, 480, "webp\n"),
        ],
        ids=range(9),
    )
    def test_l05_a_key_is_made_of_nothing_else(self, digest: str, width: int, format: str) -> None:
        with pytest.raises(ValueError, match="no key"):
            media_key(digest, width, format)

    @pytest.mark.parametrize(
        "key",
        [
            "",
            "/etc/passwd",
            "../potluck.db",
            "01/../../potluck.db",
            f"01/{DIGEST}-480.webp/../x",
            f"02/{DIGEST}-480.webp",
            f"01/{DIGEST}-480.webp\x00.png",
            f"01/{DIGEST}-480.webp\r\nX: y",
            f"01//{DIGEST}-480.webp",
            f"01\\{DIGEST}-480.webp",
            f"01/{DIGEST}-480.webp\n",
            "CON",
            "\u202egpj.webp",
            "x" * 300,
            "incoming/" + "g" * 32,
        ],
        ids=range(15),
    )
    async def test_l05_no_other_path_is_written_read_or_deleted(
        self, store: MediaStore, folder: Path, key: str
    ) -> None:
        for attempt in (store.put(key, b"x"), store.get(key), store.delete([key])):
            with pytest.raises(ValueError, match="no key"):
                await attempt
        assert files(folder) == []

    async def test_what_is_on_its_way_cannot_be_read_or_written(self, store: MediaStore) -> None:
        key = "incoming/" + "a" * 32
        for attempt in (store.put(key, b"x"), store.get(key)):
            with pytest.raises(ValueError, match="no key"):
                await attempt


class TestFiles:
    async def test_what_was_put_is_got(self, store: MediaStore) -> None:
        for content in (b"", b"\x00\xff" * 500_000):
            await store.put(KEY, content)
            assert await store.get(KEY) == content

    async def test_a_file_that_is_not_there_is_none(self, store: MediaStore) -> None:
        assert await store.get(KEY) is None

    async def test_a_put_may_be_repeated(self, store: MediaStore, folder: Path) -> None:
        await store.put(KEY, b"first")
        await store.put(KEY, b"second")
        assert await store.get(KEY) == b"second"
        assert files(folder) == [f"{DIGEST}-480.webp"]

    async def test_puts_of_one_key_side_by_side_leave_one_whole_file(
        self, store: MediaStore
    ) -> None:
        contents = [bytes([each]) * 300_000 for each in range(8)]
        async with anyio.create_task_group() as tasks:
            for content in contents:
                tasks.start_soon(store.put, KEY, content)
        assert await store.get(KEY) in contents
        assert await listed(store) == [KEY]

    async def test_deleted_files_are_gone_and_may_be_deleted_again(self, store: MediaStore) -> None:
        await store.put(KEY, b"x")
        await store.put(OTHER_KEY, b"y")
        for _ in range(2):
            await store.delete([KEY])
            assert await listed(store) == [OTHER_KEY]

    async def test_a_file_put_again_in_the_meantime_is_not_deleted(
        self, store: MediaStore, folder: Path
    ) -> None:
        yesterday = datetime.now(UTC) - timedelta(days=1)
        await store.put(KEY, b"x")
        await store.put(OTHER_KEY, b"y")
        for key in (KEY, OTHER_KEY):
            age(folder / key, yesterday - timedelta(hours=1))
        await store.put(KEY, b"x")

        await store.delete([KEY, OTHER_KEY], older_than=yesterday)

        assert await listed(store) == [KEY]

    async def test_folders_are_for_us_alone(self, store: MediaStore, folder: Path) -> None:
        await store.put(KEY, b"x")
        folders = [folder, folder / "01", folder / "incoming"]
        assert {stat.S_IMODE(each.stat().st_mode) for each in folders} == {0o700}

    async def test_a_folder_that_cannot_be_made_is_told_without_its_name(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "occupied").write_text("a file")
        store = MediaStore(tmp_path / "occupied" / "media")
        for attempt in (store.put(KEY, b"x"), store.get(KEY), store.delete([KEY]), listed(store)):
            with pytest.raises(Unavailable) as refused:
                await attempt
            assert refused.value.detail == "Pictures cannot be stored or read right now."


class TestSweeping:
    async def test_only_files_older_than_the_instant_are_listed(
        self, store: MediaStore, folder: Path
    ) -> None:
        noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
        await store.put(KEY, b"x")
        await store.put(OTHER_KEY, b"y")
        age(folder / KEY, noon - timedelta(seconds=1))
        age(folder / OTHER_KEY, noon)
        assert await listed(store, noon) == [KEY]

    async def test_a_store_without_a_folder_lists_nothing(self, store: MediaStore) -> None:
        assert await listed(store) == []

    async def test_hundreds_of_files_are_listed_once_each(self, store: MediaStore) -> None:
        keys = sorted(media_key(f"{each:064x}", 480, "webp") for each in range(130))
        for key in keys:
            await store.put(key, b"x")
        assert await listed(store) == keys

    async def test_files_of_others_are_left_alone(self, store: MediaStore, folder: Path) -> None:
        await store.put(KEY, b"x")
        (folder / "lost+found").mkdir()
        (folder / "lost+found" / "note.txt").write_text("x")
        (folder / "01" / "cover.webp").write_text("x")
        assert await listed(store) == [KEY]

    async def test_l08_what_a_killed_process_left_is_invisible_and_can_be_swept(
        self, store: MediaStore, folder: Path
    ) -> None:
        size = 30_000_000
        process = writing(folder, size)
        with anyio.fail_after(60):
            while not files(folder / "incoming"):
                await anyio.lowlevel.checkpoint()
        process.send_signal(signal.SIGKILL)
        process.wait()

        for key in await listed(store):
            if not key.startswith("incoming/"):
                assert (folder / key).stat().st_size == size
        await store.delete(await listed(store))
        assert files(folder) == []


class TestFullDisk:
    async def test_a_full_disk_is_told_and_nothing_is_left(
        self, store: MediaStore, folder: Path
    ) -> None:
        await store.put(KEY, b"kept")
        with room_for(10_000), pytest.raises(StorageFull) as refused:
            await store.put(KEY, bytes(200_000))
        assert refused.value.detail == (
            "The disk for pictures is full; ask whoever runs this to make room."
        )
        assert refused.value.retry_after_s == 60
        assert await store.get(KEY) == b"kept"
        assert files(folder) == [f"{DIGEST}-480.webp"]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file of this process may become larger: writing fails in its middle, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestDurability:
    @pytest.mark.skipif(shutil.which("strace") is None, reason="no strace here")
    def test_content_is_on_disk_before_its_name_and_the_name_before_the_return(
        self, folder: Path, tmp_path: Path
    ) -> None:
        trace = tmp_path / "trace"
        program = (
            "import asyncio, pathlib\n"
            "from potluck.clients.media_store import MediaStore\n"
            f"store = MediaStore(pathlib.Path({str(folder)!r}))\n"
            f"asyncio.run(store.put({KEY!r}, bytes(99)))\n"
        )
        calls = "trace=fsync,rename,renameat,renameat2"
        subprocess.run(
            ["strace", "-f", "-y", "-e", calls, "-o", trace, sys.executable, "-c", program],
            cwd=ROOT,
            check=True,
        )
        lines = [line.split(maxsplit=1)[1] for line in trace.read_text().splitlines()]
        steps = [line.partition(" = ")[0].strip() for line in lines if str(folder.parent) in line]
        assert [step.partition("(")[0] for step in steps] == [
            "fsync", "rename", "fsync", "fsync", "fsync",
        ]  # fmt: skip
        assert "/incoming/" in steps[0]
        assert steps[1].endswith(f'"{folder / KEY}")')
        ends = [str((folder / KEY).parent), str(folder), str(folder.parent)]
        assert [step.partition("<")[2].removesuffix(">)") for step in steps[2:]] == ends

    def test_a_process_that_used_the_store_ends_well(self, folder: Path) -> None:
        """Some threads of the library, had we let it start them, abort about one end in four."""
        program = (
            "import asyncio, pathlib\n"
            "from potluck.clients.media_store import MediaStore\n"
            f"store = MediaStore(pathlib.Path({str(folder)!r}))\n"
            "async def main():\n"
            f"    await store.put({KEY!r}, b'x')\n"
            f"    await store.get({KEY!r})\n"
            f"    await store.delete([{KEY!r}])\n"
            "asyncio.run(main())\n"
        )
        for _ in range(5):
            subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
