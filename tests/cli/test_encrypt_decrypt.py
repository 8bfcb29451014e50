"""`smspoh encrypt` and `smspoh decrypt`."""

from __future__ import annotations

import base64
import stat
from typing import TYPE_CHECKING

import pytest

from smspoh.cli import _keys
from smspoh.cli import decrypt as decrypt_command
from smspoh.cli import encrypt as encrypt_command
from smspoh.envelope import EnvelopeBatch, EnvelopeProfile, EnvelopeVerdict, decrypt, encrypt

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run

KEY = "a key of more than eighty bits"
FEW = ["--iterations", "3"]
PROFILE = EnvelopeProfile(iterations=3)


@pytest.fixture
def in_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMSPOH_ENCRYPT_KEY", KEY)


@pytest.mark.usefixtures("in_environment")
def test_the_library_opens_what_the_command_makes(run: Run) -> None:
    ran = run("encrypt", stdin="Your code is 12345\n\nသင်၏ ကုဒ်\r\n")
    assert ran.code == 0
    messages = ran.out.splitlines()
    assert [decrypt(message, KEY) for message in messages] == ["Your code is 12345", "", "သင်၏ ကုဒ်"]


@pytest.mark.usefixtures("in_environment")
def test_the_command_opens_what_the_library_makes(run: Run) -> None:
    messages = [encrypt(text, KEY, profile=PROFILE) for text in ("one", "နှစ်")]
    ran = run("decrypt", *FEW, stdin="\n".join(messages))
    assert (ran.code, ran.out, ran.err) == (0, "one\nနှစ်\n", "")


@pytest.mark.usefixtures("in_environment")
def test_whole_keeps_every_byte(run: Run) -> None:
    text = "\ufeffline one\r\nline two\n\n"
    message = run("encrypt", "--whole", *FEW, stdin=text).out
    assert message.count("\n") == 1
    assert run("decrypt", "--whole", *FEW, stdin=message).out == text


@pytest.mark.usefixtures("in_environment")
def test_json(run: Run) -> None:
    sealed = run("encrypt", "--json", *FEW, stdin="a\nb").rows
    assert [row["row"] for row in sealed] == [1, 2]
    lines = "\n".join(row["message"] for row in sealed) + "\njunk"
    opened = run("decrypt", "--json", *FEW, stdin=lines)
    assert opened.code == 1
    assert opened.rows == [
        {"row": 1, "verdict": "OK", "text": "a"},
        {"row": 2, "verdict": "OK", "text": "b"},
        {"row": 3, "verdict": "MALFORMED", "text": None},
    ]


@pytest.mark.usefixtures("in_environment")
def test_a_shared_salt_is_shared_and_a_fresh_one_is_not(run: Run) -> None:
    def salts(*options: str) -> set[bytes]:
        out = run("encrypt", *FEW, *options, stdin="a\nb\nc").out
        return {base64.b64decode(message)[:16] for message in out.split()}

    assert len(salts("--shared-salt")) == 1
    assert len(salts()) == 3


@pytest.mark.usefixtures("in_environment")
def test_another_cipher(run: Run) -> None:
    out = run("encrypt", *FEW, "--cipher", "AES-256-CBC", stdin="text").out
    profile = EnvelopeProfile(cipher="AES-256-CBC", iterations=3)
    assert decrypt(out.strip(), KEY, profile=profile) == "text"
    assert run("decrypt", *FEW, "--cipher", "AES-256-CBC", stdin=out).out == "text\n"
    assert run("decrypt", *FEW, stdin=out).code == 1


@pytest.mark.usefixtures("in_environment")
def test_a_refused_message_keeps_its_place_and_gives_code_1(run: Run) -> None:
    good = encrypt("fine", KEY, profile=PROFILE)
    other = encrypt("other", "another key of many bits", profile=PROFILE)
    ran = run("decrypt", *FEW, stdin=f"{other}\nnot a message\n{good}\n")
    assert (ran.code, ran.out) == (1, "\n\nfine\n")
    assert ran.err == "refused 2 of 3 messages: 1 MALFORMED, 1 REFUSED\n"


@pytest.mark.usefixtures("in_environment")
def test_a_text_of_two_lines_is_pointed_out(run: Run) -> None:
    message = encrypt("one\ntwo", KEY, profile=PROFILE)
    ran = run("decrypt", *FEW, stdin=message)
    assert ran.out == "one\ntwo\n"
    assert "--json keeps the rows apart" in ran.err
    assert run("decrypt", *FEW, "--json", stdin=message).err == ""


@pytest.mark.usefixtures("in_environment")
def test_no_input_is_no_output(run: Run) -> None:
    assert run("encrypt").out == run("decrypt").out == ""


def test_generate_key_writes_a_private_file_and_uses_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "new"
    ran = run("encrypt", *FEW, "--generate-key", "--key-file", str(path), stdin="text")
    assert ran.code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = path.read_text().removesuffix("\n")
    assert len(key) >= 22  # 128 bits in base64
    assert key not in ran.out + ran.err
    assert decrypt(ran.out.strip(), key, profile=PROFILE) == "text"
    assert run("decrypt", *FEW, "--key-file", str(path), stdin=ran.out).out == "text\n"

    again = run("encrypt", *FEW, "--generate-key", "--key-file", str(path), stdin="text")
    assert again.code == 2
    assert "is there already" in again.err
    assert path.read_text().removesuffix("\n") == key


def test_the_file_goes_before_the_environment(
    run: Run, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMSPOH_ENCRYPT_KEY", "quite another key, longer")
    out = run("encrypt", *FEW, "--key-file", str(key_file), stdin="text").out
    assert decrypt(out.strip(), KEY, profile=PROFILE) == "text"


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_one_line_end_of_either_kind_is_not_part_of_the_key(
    run: Run, key_file: Path, end: str
) -> None:
    key_file.write_bytes(f"{KEY}{end}".encode())
    out = run("encrypt", *FEW, "--key-file", str(key_file), stdin="text").out
    assert decrypt(out.strip(), KEY, profile=PROFILE) == "text"


@pytest.mark.parametrize(
    ("value", "says"),
    [("", "is set but empty"), (f"{KEY}\r", "holds a control character")],
)
def test_a_key_in_the_environment_that_is_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, value: str, says: str
) -> None:
    monkeypatch.setenv("SMSPOH_ENCRYPT_KEY", value)
    ran = run("encrypt", *FEW, stdin="text")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert f"SMSPOH_ENCRYPT_KEY {says}" in ran.err
    assert KEY not in ran.err


@pytest.mark.usefixtures("in_environment")
@pytest.mark.parametrize(
    ("options", "sizes"),
    [
        ([], [64, 64, 22]),
        (["--iterations", "1000000"], [6] * 25),
        (["--iterations", "4000000000"], [1] * 150),
        (["--iterations", "1000"], [150]),
        (["--shared-salt"], [150]),
    ],
)
def test_one_call_takes_about_a_second(
    run: Run, monkeypatch: pytest.MonkeyPatch, options: list[str], sizes: list[int]
) -> None:
    """So that there is progress, and Ctrl-C is heard. By count: iterations take what they take."""
    calls: list[int] = []

    def fake(batch: list[str], *_: object, **__: object) -> list[str]:
        calls.append(len(batch))
        return batch

    monkeypatch.setattr(encrypt_command, "encrypt_batch", fake)
    assert run("encrypt", *options, stdin="text\n" * 150).out == "text\n" * 150
    assert calls == sizes


@pytest.mark.usefixtures("in_environment")
def test_opening_takes_the_same_batches(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def fake(batch: list[str], *_: object, **__: object) -> EnvelopeBatch[str]:
        calls.append(len(batch))
        return EnvelopeBatch(list(batch), [EnvelopeVerdict.OK] * len(batch))

    monkeypatch.setattr(decrypt_command, "decrypt_batch", fake)
    assert run("decrypt", stdin="text\n" * 150).out == "text\n" * 150
    assert calls == [64, 64, 22]


def test_the_prompt_is_the_last_resort(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_keys, "_ask", lambda: KEY)
    out = run("encrypt", *FEW, stdin="text").out
    assert decrypt(out.strip(), KEY, profile=PROFILE) == "text"


def test_without_a_terminal_there_is_no_prompt(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_keys, "TERMINAL", "/nowhere/tty")
    ran = run("encrypt", stdin="text")
    assert ran.code == 2
    assert ran.err == "smspoh: no key: set SMSPOH_ENCRYPT_KEY or give --key-file\n"


def test_a_short_key_gets_one_line_of_warning(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMSPOH_ENCRYPT_KEY", "short")
    ran = run("encrypt", *FEW, stdin="a\nb")
    assert ran.code == 0
    assert ran.err.startswith("smspoh: warning: ")
    assert ran.err.count("\n") == 1
    assert "short\n" not in ran.err


@pytest.mark.parametrize(
    ("mode", "content", "says"),
    [
        (0o644, KEY, "has mode 0644: it must be 0600"),
        (0o640, KEY, "has mode 0640: it must be 0600"),
        (0o700, KEY, "has mode 0700: it must be 0600"),
        (0o600, "", "is empty"),
        (0o600, "\n", "is empty"),
        (0o600, "\r\n", "is empty"),
        (0o600, f"{KEY}\r", "holds a control character"),
        (0o600, f"{KEY}\n\n", "holds a control character"),
        (0o600, f"{KEY}\r\n\r\n", "holds a control character"),
        (0o600, f"a\t{KEY}\n", "holds a control character"),
        (0o600, f"\ufeff{KEY}\n", "begins with a byte order mark"),
        (0o600, b"\xff", "is not UTF-8"),
        (0o600, "k" * 65_537, "has more than 65,536 bytes"),
    ],
)
def test_key_files_that_are_refused(
    run: Run, tmp_path: Path, mode: int, content: bytes | str, says: str
) -> None:
    path = tmp_path / "key"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)
    for command in ("encrypt", "decrypt"):
        ran = run(command, "--key-file", str(path), stdin="text")
        assert (ran.code, ran.err.count("\n")) == (2, 1)
        assert says in ran.err
        assert KEY not in ran.err


def test_a_key_file_of_another_user_is_refused(
    run: Run, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 4_242_424)
    ran = run("encrypt", "--key-file", str(key_file), stdin="text")
    assert (ran.code, "belongs to another user" in ran.err) == (2, True)


def test_a_named_pipe_is_no_key_file(run: Run, tmp_path: Path) -> None:
    import os

    path = tmp_path / "pipe"
    os.mkfifo(path, 0o600)
    ran = run("encrypt", "--key-file", str(path), stdin="text")
    assert (ran.code, "is not a plain file" in ran.err) == (2, True)


@pytest.mark.parametrize("command", ["encrypt", "decrypt"])
@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        (["--key-file", "missing"], "", "cannot be read: No such file"),
        (["missing", "--key-file", "key"], "", "FILE cannot be read"),
        (["--key-file", "key"], b"\xff", "FILE, line 1: not UTF-8"),
        (["--key-file", "key", "--whole"], b"\xff", "FILE is not UTF-8"),
        (["--key-file", "key", "--iterations", "0"], "", "0 is not in the range"),
        (["--key-file", "key", "--cipher", "AES"], "", "AES"),
    ],
)
def test_bad_input(
    run: Run, key_file: Path, command: str, arguments: list[str], stdin: bytes | str, says: str
) -> None:
    assert key_file.name == "key"
    ran = run(command, *arguments, stdin=stdin)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert says in ran.err


def test_a_key_that_cannot_be_used(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "nul"
    path.write_bytes(b"a key that ends in a NUL\0")
    path.chmod(0o600)
    ran = run("encrypt", "--key-file", str(path), stdin="text")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_generate_key_needs_a_file(run: Run) -> None:
    ran = run("encrypt", "--generate-key", stdin="text")
    assert (ran.code, "needs --key-file" in ran.err) == (2, True)
