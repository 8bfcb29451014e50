"""New files are their owner's alone, whatever the umask."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from smspoh._private import PrivateFile

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_the_mode_is_0600_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with PrivateFile(tmp_path / "file", what="the file") as file:
            assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    finally:
        os.umask(before)
