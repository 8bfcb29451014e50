"""What happens at a terminal: a hidden prompt for the key, a hint, progress."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from smspoh.envelope import EnvelopeProfile, decrypt

if TYPE_CHECKING:
    from pathlib import Path

KEY = "a key of more than eighty bits"
PROFILE = EnvelopeProfile(iterations=3)

# Makes descriptor 3 the terminal that belongs to the process, then is the command line.
AT_TERMINAL = """\
import fcntl, sys, termios
from smspoh.cli import main
fcntl.ioctl(3, termios.TIOCSCTTY, 0)
sys.exit(main(sys.argv[1:]))
"""


class Terminal:
    """A terminal with somebody at it, who waits for a word and then types."""

    def __init__(self) -> None:
        self._master, self.slave = os.openpty()
        self.shown = b""

    def start(self, *arguments: str, stdin: int) -> subprocess.Popen[bytes]:
        # Descriptor 3 has to be free for the terminal in the new process, so a shell puts it there.
        shell = ["/bin/sh", "-c", f'exec 3<>/dev/fd/{self.slave}; exec "$@"', "sh"]
        process = subprocess.Popen(
            [*shell, sys.executable, "-c", AT_TERMINAL, *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=self.slave,
            pass_fds=(self.slave,),
            start_new_session=True,
        )
        os.close(self.slave)  # so that reading ends, with an error, when the process does
        return process

    def answer(self, waits_for: bytes, types: bytes) -> None:
        while waits_for not in self.shown:
            self.shown += os.read(self._master, 1024)
        os.write(self._master, types)

    def close(self) -> None:
        os.close(self._master)


def test_the_prompt_leaves_standard_input_to_the_text_and_shows_no_key() -> None:
    terminal = Terminal()
    with terminal.start("encrypt", "--iterations", "3", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"the text")
        process.stdin.close()
        terminal.answer(b"Key: ", KEY.encode() + b"\n")
        assert process.stdout is not None
        out = process.stdout.read()
    terminal.close()
    assert process.returncode == 0
    assert decrypt(out.decode().strip(), KEY, profile=PROFILE) == "the text"
    assert KEY.encode() not in terminal.shown


def test_an_empty_answer_is_no_key() -> None:
    terminal = Terminal()
    with terminal.start("encrypt", stdin=subprocess.DEVNULL) as process:
        terminal.answer(b"Key: ", b"\n")
        terminal.answer(b"an empty key cannot be used", b"")
    terminal.close()
    assert process.returncode == 2


def test_reading_from_a_terminal_says_so(key_file: Path) -> None:
    terminal = Terminal()
    arguments = ("encrypt", "--iterations", "3", "--key-file", str(key_file))
    with terminal.start(*arguments, stdin=terminal.slave) as process:
        terminal.answer(b"end with Ctrl-D", b"typed\n\x04")
        assert process.stdout is not None
        out = process.stdout.read()
    terminal.close()
    assert process.returncode == 0
    assert decrypt(out.decode().strip(), KEY, profile=PROFILE) == "typed"


def test_progress_is_shown_and_wiped(key_file: Path) -> None:
    terminal = Terminal()
    arguments = ("encrypt", "--iterations", "3", "--key-file", str(key_file))
    with terminal.start(*arguments, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(b"one\ntwo\n")
        process.stdin.close()
        terminal.answer(b"\r\x1b[Kencrypted: 2\r\x1b[K", b"")
    terminal.close()
    assert process.returncode == 0
