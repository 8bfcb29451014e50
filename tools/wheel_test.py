"""Install a wheel into a fresh environment of every Python here, and run the facade's tests.

One wheel (`py3-none-<platform>`) must serve every Python from 3.11 on. The
environments are made outside the checkout, so that nothing but the wheel can be
imported; their packages are fetched as the lock names them. The wheel has to hold the
licence and the notice, and the pages of the inbox.

    python tools/wheel_test.py dist/smspoh-*.whl
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FACADE_TESTS = ["tests/kdf", "tests/envelope", "tests/phone", "tests/package"]
VERSIONS = [(3, 11), (3, 12), (3, 13), (3, 14)]


def interpreters() -> dict[tuple[int, int], str]:
    """Return one working interpreter for each version that is installed here."""
    found = {sys.version_info[:2]: sys.executable}
    for major, minor in VERSIONS:
        name = f"python{major}.{minor}"
        pyenv = sorted(Path.home().glob(f".pyenv/versions/{major}.{minor}.*/bin/python"))
        for candidate in [name, *map(str, pyenv)]:
            probe = [candidate, "-c", "import sys, venv; print(sys.version_info[:2])"]
            try:
                done = subprocess.run(probe, capture_output=True, text=True, check=True)
            except (OSError, subprocess.CalledProcessError):
                continue  # not installed, or a shim without a Python behind it
            if done.stdout.strip() == str((major, minor)):
                found.setdefault((major, minor), candidate)
    return dict(sorted(found.items()))


def check_notices(wheel: Path) -> None:
    """Refuse a wheel without the licence, or without the notice of what else is in it."""
    with zipfile.ZipFile(wheel) as archive:
        for notice in ("LICENSE", "NOTICE"):
            ending = f".dist-info/licenses/{notice}"
            held = [archive.read(name) for name in archive.namelist() if name.endswith(ending)]
            if held != [(ROOT / notice).read_bytes()]:
                raise SystemExit(f"{wheel.name} does not have {notice} as it is here")


def check_pages(wheel: Path) -> None:
    """Refuse a wheel without a template, a style or a script of the inbox."""
    folder = ROOT / "python"
    files = (folder / "smspoh" / "sandbox" / "inbox").rglob("*.*")
    wanted = {path.relative_to(folder).as_posix() for path in files if path.suffix != ".pyc"}
    with zipfile.ZipFile(wheel) as archive:
        lacks = sorted(wanted - set(archive.namelist()))
    if lacks:
        raise SystemExit(f"{wheel.name} lacks {', '.join(lacks)}")


def try_wheel(wheel: Path, interpreter: str) -> None:
    """Install the wheel into a fresh environment and run the facade's tests there."""
    with tempfile.TemporaryDirectory(prefix="smspoh-wheel-") as folder:
        subprocess.run([interpreter, "-m", "venv", folder], check=True)
        python = str(Path(folder) / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        lock = ROOT / "requirements" / "test.txt"
        subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
        subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
        where = [python, "-c", "import smspoh; print(smspoh.__file__)"]
        installed = subprocess.run(where, capture_output=True, text=True, check=True, cwd=folder)
        if not Path(installed.stdout.strip()).is_relative_to(Path(folder).resolve()):
            raise SystemExit(f"the tests would run {installed.stdout.strip()}, not the wheel")
        tests = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", *FACADE_TESTS]
        subprocess.run(tests, check=True, cwd=ROOT)


def main() -> None:
    """Try the wheel on every Python that is here."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    wheel = Path(sys.argv[1]).resolve()
    if not re.search(r"-py3-none-[a-z0-9_.]+\.whl$", wheel.name):
        raise SystemExit(f"{wheel.name} is not tagged py3-none-<platform>")
    check_notices(wheel)
    check_pages(wheel)
    here = interpreters()
    for (major, minor), interpreter in here.items():
        print(f"wheel_test: {wheel.name} on Python {major}.{minor}", flush=True)
        try_wheel(wheel, interpreter)
    names = ", ".join(f"{major}.{minor}" for major, minor in here)
    print(f"wheel_test: {wheel.name} passed the facade's tests on Python {names}")


if __name__ == "__main__":
    main()
