"""The master key: made once, kept closed, never shown, never a sample."""

import copy
import pickle
import random
import subprocess
import sys
from pathlib import Path

import pytest

from potluck.core import base64url
from potluck.core.config_error import ConfigError
from potluck.core.master_key import MasterKey, load_or_create

# Thirty-two bytes without order: the first digits of pi in hexadecimal.
PI = "243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89"

TEN_TIMES = "0123456789" * 7


def problem_of(error: ConfigError) -> str:
    (problem,) = error.problems
    return problem


class TestFirstStart:
    def test_o01_a_key_of_32_bytes_is_made_and_found_again(self, tmp_path: Path) -> None:
        first = load_or_create(tmp_path / "data")
        assert load_or_create(tmp_path / "data").fingerprint() == first.fingerprint()
        text = (tmp_path / "data" / "keys" / "master.key").read_text()
        assert len(base64url.decode(text.removesuffix("\n"))) == 32

    def test_o01_file_and_folders_are_closed_to_others(self, tmp_path: Path) -> None:
        load_or_create(tmp_path / "data")
        modes = {
            path.relative_to(tmp_path).as_posix(): oct(path.stat().st_mode & 0o777)
            for path in (tmp_path / "data", *(tmp_path / "data").rglob("*"))
        }
        assert modes == {
            "data": "0o700",
            "data/keys": "0o700",
            "data/keys/master.key": "0o600",
            "data/keys/master.lock": "0o600",
        }

    def test_a_keys_folder_that_stood_open_is_closed(self, tmp_path: Path) -> None:
        (tmp_path / "keys").mkdir(mode=0o755)
        load_or_create(tmp_path)
        assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700

    def test_two_data_folders_have_two_keys(self, tmp_path: Path) -> None:
        one, other = load_or_create(tmp_path / "one"), load_or_create(tmp_path / "other")
        assert one.fingerprint() != other.fingerprint()

    def test_o01_processes_that_start_together_get_one_key(self, tmp_path: Path) -> None:
        program = (
            "import sys; from pathlib import Path\n"
            "from potluck.core.master_key import load_or_create\n"
            "print('ready', flush=True); sys.stdin.readline()\n"
            "print(load_or_create(Path(sys.argv[1])).fingerprint())"
        )
        starting = [
            subprocess.Popen(
                [sys.executable, "-c", program, str(tmp_path / "data")],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(6)
        ]
        for process in starting:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in starting:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        fingerprints = {process.communicate()[0] for process in starting}
        assert [process.returncode for process in starting] == [0] * 6
        assert fingerprints == {load_or_create(tmp_path / "data").fingerprint() + "\n"}

    def test_what_a_crash_left_unfinished_is_replaced(self, tmp_path: Path) -> None:
        (tmp_path / "keys").mkdir()
        (tmp_path / "keys" / "master.new").write_text("half")
        load_or_create(tmp_path)
        assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == [
            "master.key",
            "master.lock",
        ]

    def test_a_key_on_a_closed_folder_is_read_without_writing(self, tmp_path: Path) -> None:
        first = load_or_create(tmp_path)
        (tmp_path / "keys" / "master.lock").unlink()
        assert load_or_create(tmp_path).fingerprint() == first.fingerprint()
        assert not (tmp_path / "keys" / "master.lock").exists()

    def test_a_damaged_key_is_refused_and_never_replaced(self, tmp_path: Path) -> None:
        load_or_create(tmp_path)
        path = tmp_path / "keys" / "master.key"
        path.write_text(path.read_text()[:20])
        with pytest.raises(ConfigError) as refusal:
            load_or_create(tmp_path)
        assert problem_of(refusal.value).startswith(f"{path} holds 15 bytes;")
        assert len(path.read_text()) == 20

    def test_an_empty_key_file_is_refused(self, tmp_path: Path) -> None:
        load_or_create(tmp_path)
        (tmp_path / "keys" / "master.key").write_text("")
        with pytest.raises(ConfigError, match="holds 0 bytes"):
            load_or_create(tmp_path)

    def test_a_folder_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("a file stands where the folder should be")
        with pytest.raises(ConfigError) as refusal:
            load_or_create(tmp_path / "data")
        assert str(tmp_path / "data") in problem_of(refusal.value)
        assert "Let the user that runs the service own the data folder." in str(refusal.value)

    @pytest.mark.parametrize("mode", [0o604, 0o644, 0o666, 0o602])
    def test_o01_a_key_file_open_to_the_world_is_refused(self, tmp_path: Path, mode: int) -> None:
        load_or_create(tmp_path)
        path = tmp_path / "keys" / "master.key"
        path.chmod(mode)
        with pytest.raises(ConfigError) as refusal:
            load_or_create(tmp_path)
        assert problem_of(refusal.value) == (
            f"The master key file {path} is open to every user of this machine. "
            f"Close it: chmod 600 {path}"
        )


class TestGivenKeys:
    def test_hex_and_base64_of_the_same_bytes_are_the_same_key(self, tmp_path: Path) -> None:
        url_safe = base64url.encode(bytes.fromhex(PI))
        classic = url_safe.replace("-", "+").replace("_", "/") + "="
        fingerprints = {
            load_or_create(tmp_path, given=text).fingerprint()
            for text in (PI, PI.upper(), f" {PI}\n", url_safe, classic)
        }
        assert fingerprints == {MasterKey(bytes.fromhex(PI)).fingerprint()}

    def test_nothing_is_written_when_the_key_is_given(self, tmp_path: Path) -> None:
        load_or_create(tmp_path / "data", given=PI)
        assert not (tmp_path / "data").exists()

    def test_the_file_of_one_machine_can_be_given_to_another(self, tmp_path: Path) -> None:
        first = load_or_create(tmp_path / "one")
        other = load_or_create(tmp_path, given_file=tmp_path / "one" / "keys" / "master.key")
        assert other.fingerprint() == first.fingerprint()

    def test_a_given_file_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError) as refusal:
            load_or_create(tmp_path, given_file=tmp_path / "nowhere")
        assert problem_of(refusal.value) == (
            f"The master key file {tmp_path / 'nowhere'} cannot be read: No such file or directory."
        )

    def test_o01_a_given_file_open_to_the_world_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "key"
        path.write_text(PI)
        path.chmod(0o644)
        with pytest.raises(ConfigError, match=f"chmod 600 {path}"):
            load_or_create(tmp_path, given_file=path)

    def test_two_sources_are_one_too_many(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="not both"):
            load_or_create(tmp_path, given=PI, given_file=tmp_path / "key")

    @pytest.mark.parametrize(
        "sample",
        [
            "changethis",
            "0123456789abcdef" * 4,
            "CHANGE-THIS",
            "changeme",
            "super-secret",
            "your_secret_key_that_is_at_least_32_characters_long",
            "please-replace-me-with-forty-three-characters",
            "Potluck-Potluck-Potluck-Potluck-Potluck-Pot0",
            "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
            base64url.encode(b"changethis-changethis-changethis-changethis"),
            b"my-very-own-secret-for-the-kitchen!".hex(),
        ],
    )
    def test_o01_well_known_samples_are_refused(self, tmp_path: Path, sample: str) -> None:
        with pytest.raises(ConfigError) as refusal:
            load_or_create(tmp_path, given=sample)
        assert "well-known sample" in str(refusal.value) or "guessed" in str(refusal.value)
        assert sample not in str(refusal.value)

    @pytest.mark.parametrize(
        "weak",
        [
            "00" * 32,
            "ab" * 40,
            bytes(range(32)).hex(),
            bytes(range(0, 128, 4)).hex(),
            bytes(range(255, 191, -2)).hex(),
            "Q" * 43,
            "aB3_" * 11,
            "correct-horse-battery-staple-correct-horse-0",
            base64url.encode(b"0123456789abcdef0123456789abcdef"),
            TEN_TIMES,
            PI[:32] * 2,
        ],
    )
    def test_o01_keys_without_randomness_are_refused(self, tmp_path: Path, weak: str) -> None:
        with pytest.raises(ConfigError) as refusal:
            load_or_create(tmp_path, given=weak)
        assert "can be guessed: it is not random" in problem_of(refusal.value)
        assert weak not in str(refusal.value)

    @pytest.mark.parametrize(
        ("short", "bytes_held"),
        [("", 0), (" \n", 0), (PI[:-2], 31), (base64url.encode(bytes.fromhex(PI))[:-3], 30)],
    )
    def test_fewer_than_32_bytes_are_refused_and_counted(
        self, tmp_path: Path, short: str, bytes_held: int
    ) -> None:
        with pytest.raises(ConfigError, match=f"POTLUCK_MASTER_KEY holds {bytes_held} bytes"):
            load_or_create(tmp_path, given=short)

    def test_hex_digits_are_not_counted_as_base64(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="holds 24 bytes"):
            load_or_create(tmp_path, given=PI[:48])

    @pytest.mark.parametrize("text", ["!" * 43, f"{PI} {PI}", "g" * 45, "é" * 43, "Z" * 42 + "9"])
    def test_what_is_neither_hex_nor_base64_is_refused_with_a_way_on(
        self, tmp_path: Path, text: str
    ) -> None:
        with pytest.raises(ConfigError) as refusal:
            load_or_create(tmp_path, given=text)
        assert "holds neither base64url nor hex text" in problem_of(refusal.value)
        assert "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'" in str(refusal.value)

    def test_ten_thousand_random_keys_are_all_taken(self, tmp_path: Path) -> None:
        numbers = random.Random(7)  # noqa: S311 - the same ten thousand in every run
        for _ in range(5_000):
            load_or_create(tmp_path, given=numbers.randbytes(32).hex())
            load_or_create(tmp_path, given=base64url.encode(numbers.randbytes(32)))


class TestDerivedKeys:
    KEY = MasterKey(bytes.fromhex(PI))

    def test_a_label_gives_the_same_key_again_and_another_label_another(self) -> None:
        assert self.KEY.derive("sealing") == self.KEY.derive("sealing")
        assert self.KEY.derive("sealing") != self.KEY.derive("csrf")
        assert len(self.KEY.derive("sealing")) == 32
        assert len(self.KEY.derive("sealing", 64)) == 64

    def test_the_derivation_never_changes_for_what_is_sealed_must_stay_readable(self) -> None:
        assert (
            self.KEY.derive("sealing").hex()
            == "a962b3021aa82f939653c324fa1c0a04e4f6072aca133a6fdafb61377e906a7c"
        )
        assert self.KEY.fingerprint() == "4465044f3a8c31521a6272294b1c363c"

    def test_another_master_key_gives_other_keys(self) -> None:
        other = MasterKey(bytes.fromhex(PI)[::-1])
        assert other.derive("sealing") != self.KEY.derive("sealing")
        assert other.fingerprint() != self.KEY.fingerprint()

    def test_o01_neither_text_form_nor_fingerprint_shows_the_key(self) -> None:
        for text in (repr(self.KEY), str(self.KEY), f"{self.KEY}", f"{[self.KEY]}"):
            assert text in {"MasterKey(<secret>)", "[MasterKey(<secret>)]"}
        for length in (32, 64):
            assert self.KEY.fingerprint()[:16] not in self.KEY.derive("sealing", length).hex()
        assert self.KEY.fingerprint()[:8] not in PI

    def test_o01_it_does_not_travel_in_pickles_or_copies(self) -> None:
        with pytest.raises(TypeError, match="not copied"):
            pickle.dumps(self.KEY)
        with pytest.raises(TypeError, match="not copied"):
            copy.copy(self.KEY)

    def test_fewer_than_32_bytes_are_no_master_key(self) -> None:
        with pytest.raises(ValueError, match="at least 32 bytes"):
            MasterKey(bytes(31))
