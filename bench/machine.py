"""What was measured on: the CPU, and the versions of all that took part."""

from __future__ import annotations

import os
import platform
import re
import ssl
import subprocess
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypedDict

from cryptography.hazmat.backends.openssl import backend

ROOT: Final = Path(__file__).parents[1]
# What decides which backend runs and how fast.
FLAGS: Final = {"sha_ni", "ssse3", "avx2", "avx512f", "avx512vl", "asimd", "sha2", "sve2"}
PACKAGES: Final = ("smspoh", "cffi", "cryptography", "pycryptodome")
PHONE_CRATES: Final = ("rlibphonenumber", "phonenumber", "phonelib")
TEXT_PACKAGES: Final = (
    "smspoh",
    "cffi",
    "smsutil",
    "sms-toolkit",
    "myanmartools",
    "python-myanmar",
    "paraencoder",
)
CRATES: Final = ("pbkdf2", "sha2", "ring", "aws-lc-rs", "aws-lc-sys")


class Machine(TypedDict):
    """The CPU as the system names it; `family` and `number` tell apart what one name covers."""

    model: str
    family: str
    number: str
    flags: list[str]
    cores: int
    system: str


def machine() -> Machine:
    """Return this machine, without anything that names it among others of its kind."""
    cpuinfo = Path("/proc/cpuinfo")
    text = cpuinfo.read_text("utf-8") if cpuinfo.exists() else ""
    return parse(text, os.cpu_count() or 1)


def parse(cpuinfo: str, cores: int) -> Machine:
    """Return what the first processor of /proc/cpuinfo says of itself.

    Args:
        cpuinfo: the file, of x86 or of ARM; empty where there is none.
        cores: how many of them there are.
    """
    lines = re.findall(r"^(.+?)\s*: ?(.*)$", cpuinfo.split("\n\n", 1)[0], re.MULTILINE)
    fields: dict[str, str] = dict(lines)
    flags = fields.get("flags", fields.get("Features", "")).split()
    return Machine(
        model=fields.get("model name", platform.machine()),
        family=fields.get("cpu family", fields.get("CPU implementer", "")),
        number=fields.get("model", fields.get("CPU part", "")),
        flags=sorted(FLAGS.intersection(flags)),
        cores=cores,
        system=platform.system(),
    )


def slug(found: Machine) -> str:
    """Return the CPU as a part of a file's name."""
    words = f"{found['model']} {found['family']} {found['number']}".lower()
    return "-".join(re.findall(r"[a-z0-9]+", words))


def _printed(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _crates() -> dict[str, str]:
    """Return the version of each crate that the rivals are built from."""
    lock = tomllib.loads((ROOT / "bench" / "rivals" / "Cargo.lock").read_text("utf-8"))
    return {package["name"]: package["version"] for package in lock["package"]}


def phone_versions() -> dict[str, str]:
    """Return the version of each part that reads phone numbers and is no worker's."""
    crates = _crates()
    return {
        "Python": platform.python_version(),
        "rustc": _printed("rustc", "--version").split()[1],
        "smspoh": version("smspoh"),
        "cffi": version("cffi"),
        **{f"{name} (crate)": crates[name] for name in PHONE_CRATES},
    }


def text_versions() -> dict[str, str]:
    """Return the version of each part that reads texts."""
    return {
        "Python": platform.python_version(),
        "rustc": _printed("rustc", "--version").split()[1],
        **{name: version(name) for name in TEXT_PACKAGES},
    }


def versions() -> dict[str, str]:
    """Return the version of each part that derives keys, by its name."""
    crates = _crates()
    return {
        "Python": platform.python_version(),
        "rustc": _printed("rustc", "--version").split()[1],
        "OpenSSL of hashlib": ssl.OPENSSL_VERSION.split()[1],
        "OpenSSL of cryptography": backend.openssl_version_text().split()[1],
        **{name: version(name) for name in PACKAGES},
        **{f"{name} (crate)": crates[name] for name in CRATES},
    }
