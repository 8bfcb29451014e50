"""The program as a whole: entry points, signals, pipes, exit codes, what is imported."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import click
import pytest

from smspoh import cli, errors
from smspoh.cli import normalize
from smspoh.cli._exit import explain
from smspoh.cli._output import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Run

SMSPOH = [sys.executable, "-m", "smspoh"]


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []])
def test_help_lists_every_command_and_exit_code(run: Run, arguments: list[str]) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    for name, words in cli.COMMANDS.items():
        assert f"  {name} " in ran.out
        assert words in ran.out
    for code in (0, 1, 2, 3, 4, 70, 74, 130, 141):
        assert f"    {code} " in ran.out


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_each_command_has_help_and_json(run: Run, name: str) -> None:
    ran = run(name, "--help")
    assert ran.code == 0
    assert "--json" in ran.out


def test_help_imports_no_command_and_no_network_library() -> None:
    code = (
        "import sys; from smspoh.cli import main; code = main(['--help']);"
        "found = {'httpx2', 'starlette', 'uvicorn', 'smspoh.gateway', 'smspoh.cli.normalize'};"
        "assert code == 0; sys.exit(' '.join(found & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "normalize" in done.stdout


def test_version(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda _: "1.2.3")
    assert run("--version").out == "smspoh 1.2.3\n"


@pytest.mark.parametrize("name", ["SMSPOH_BACKEND", "SMSPOH_NUM_THREADS"])
@pytest.mark.parametrize("value", ["nonsense", ""])
def test_a_wrong_variable_of_the_library_is_refused_before_anything_is_done(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    ran = run("demo")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"smspoh: {name} ")


def test_an_unknown_command_is_one_line(run: Run) -> None:
    ran = run("fly")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "smspoh: No such command 'fly' (see smspoh --help)\n"


def test_python_dash_m_is_the_same_program() -> None:
    done = subprocess.run(
        [*SMSPOH, "normalize", "--json"],
        input=b"09 789 123 456\n",
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["e164"] == "+959789123456"


def test_burmese_comes_out_in_the_c_locale() -> None:
    environment = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [*SMSPOH, "normalize"],
        input="၀၉၇၈၉၁၂၃၄၅၆\n".encode(),
        capture_output=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 0
    assert "၀၉၇၈၉၁၂၃၄၅၆,+959789123456" in done.stdout.decode()


def test_a_reader_that_goes_away_is_no_error() -> None:
    with subprocess.Popen(
        [*SMSPOH, "normalize"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        _, err = process.communicate(b"09789123456\n" * 20_000)
    assert (process.returncode, err) == (141, b"")


def test_ctrl_c_is_one_line() -> None:
    with subprocess.Popen(
        [*SMSPOH, "normalize", "--json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        # A full batch and a half: once its first row is out, it waits for the rest.
        process.stdin.write(b"09789123456\n" * 10_000)
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate()
    assert (process.returncode, err) == (130, b"smspoh: stopped\n")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_ends_by_a_signal(number: signal.Signals) -> None:
    with subprocess.Popen(
        [*SMSPOH, "sandbox"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().decode() for _ in range(3)]
        process.send_signal(number)
        out, err = process.communicate()
    assert [line.split("=")[0] for line in lines] == [
        "export SMSPOH_BASE_URL",
        "export SMSPOH_API_KEY",
        "export SMSPOH_API_SECRET",
    ]
    assert (process.returncode, out) == (0, b"")
    inbox = lines[0].strip().partition("=")[2].removesuffix("api/rest")
    assert err.decode() == f"the sandbox runs; its inbox is {inbox} and Ctrl-C ends it\n"


def test_what_the_sandbox_prints_is_what_the_others_need(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with subprocess.Popen(
        [*SMSPOH, "sandbox", "--json", "--until-eof"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        for name, value in json.loads(process.stdout.readline()).items():
            monkeypatch.setenv(name, value)
        assert run("balance").out == "1,227,748 MMK\n"
        _, err = process.communicate()  # closes its standard input
    assert (process.returncode, err) == (0, b"")


def test_a_port_that_is_taken(run: Run, sandbox: Any) -> None:
    port = sandbox.base_url.split(":")[2].split("/")[0]
    ran = run("sandbox", "--port", port)
    assert (ran.code, ran.out, ran.err) == (
        2,
        "",
        f"smspoh: port {port} of this machine cannot be used: Address already in use\n",
    )


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_cannot_be(run: Run, port: str) -> None:
    ran = run("sandbox", "--port", port)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_a_sandbox_without_its_extra(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    for command in ("sandbox", "demo"):
        ran = run(command)
        assert (ran.code, ran.out, ran.err) == (
            2,
            "",
            (
                "smspoh: the sandbox needs Jinja2, Starlette and uvicorn: "
                "pip install 'smspoh[sandbox]'\n"
            ),
        )


def _every_error(error: type[Exception]) -> list[type[Exception]]:
    return [error, *(each for below in error.__subclasses__() for each in _every_error(below))]


@pytest.mark.parametrize("kind", _every_error(errors.SmspohError))
def test_each_error_of_the_library_has_its_code(kind: type[Exception]) -> None:
    error = BaseException.__new__(kind)  # without the arguments that some need
    Exception.__init__(error, "what was found,\nwhat is needed")
    code, line = explain(error)
    assert "\n" not in line
    if issubclass(kind, errors.GatewayError):
        assert code == 3
    elif issubclass(kind, errors.BugError):
        assert code == 70
    else:
        assert code == (2 if issubclass(kind, errors.ArgumentError) else 1)


def test_an_unforeseen_error_shows_nothing_it_choked_on(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("09789123456")

    monkeypatch.setattr(normalize, "normalize_batch", fail)
    ran = run("normalize", stdin="09789123456")
    assert ran.code == 70
    assert ran.err == "smspoh: a fault of smspoh itself (ValueError); SMSPOH_DEBUG=1 shows where\n"
    monkeypatch.setenv("SMSPOH_DEBUG", "1")
    assert "Traceback" in run("normalize", stdin="09789123456").err


def test_a_full_disk_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(normalize, "normalize_batch", fail)
    ran = run("normalize", stdin="09789123456")
    assert (ran.code, ran.err) == (2, "smspoh: No space left on device\n")


def test_eof_at_a_prompt_is_a_stop() -> None:
    assert explain(click.Abort()) == (130, "smspoh: stopped")


def test_progress_shows_on_a_terminal_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Progress("sent", 2_000) as progress:
        progress.advance(1_000)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Progress("sent", 2_000) as progress:
        progress.advance(1_000)
    assert capsys.readouterr().err == "\r\x1b[Ksent: 1,000 of 2,000\r\x1b[K"


def test_a_record_that_does_not_fit_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from smspoh._private import PrivateFile

    with PrivateFile(tmp_path / "file", what="the file") as file:
        file.append(b"first\n")
        write = os.write

        def half(descriptor: int, data: memoryview) -> int:
            if len(data) < 7:
                raise OSError(28, "No space left on device")
            return write(descriptor, data[:4])

        monkeypatch.setattr(os, "write", half)
        with pytest.raises(OSError, match="No space"):
            file.append(b"second\n")
        monkeypatch.undo()
        file.append(b"third\n")
    assert (tmp_path / "file").read_bytes() == b"first\nthird\n"
