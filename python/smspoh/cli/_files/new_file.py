"""New files that are there when they are whole, or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from smspoh._private import PrivateFile
from smspoh.cli._exit import BadInput, OutputLost

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType
    from typing import Self


class NewFile:
    """A new file of mode 0600, which grows beside its name and gets it at the end."""

    def __init__(self, path: Path, *, what: str) -> None:
        """Create the file under another name, in the same folder.

        Args:
            path: where it will be; nothing may be there.
            what: how to call it in an error, which does not name it.

        Raises:
            BadInput, ArgumentError: something is there, or it cannot be created.
        """
        self._path = path
        self._what = what
        if os.path.lexists(path):
            raise self._is_there()
        if not path.parent.is_dir():
            raise BadInput(f"{what} is to be in a folder that is not there")
        self._file = PrivateFile(path.with_name(f".smspoh-{secrets.token_hex(8)}.part"), what=what)
        self._is_open = True

    def write(self, text: str) -> int:
        """Write text, as UTF-8.

        Raises:
            OutputLost: it does not fit.
        """
        self.append(text.encode(errors="backslashreplace"))
        return len(text)

    def append(self, content: bytes) -> None:
        """Write bytes.

        Raises:
            OutputLost: they do not fit.
        """
        try:
            self._file.append(content)
        except OSError as error:
            raise self._lost(error) from None

    def publish(self) -> None:
        """Wait until the disk has all, and give the file its name.

        Raises:
            BadInput: something has that name by now.
            OutputLost: the disk does not take it.
        """
        self._is_open = False
        try:
            self._file.close()
            self._link()
        except FileExistsError:
            raise self._is_there() from None
        except OSError as error:
            raise self._lost(error) from None

    def take_back(self) -> None:
        """Remove the file that got its name."""
        self._path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Leave nothing of it, where it has not its name yet."""
        if self._is_open:
            self._is_open = False
            with suppress(OSError):
                self._file.close()
        self._file.path.unlink(missing_ok=True)

    def _link(self) -> None:
        temporary = self._file.path
        try:
            os.link(temporary, self._path)  # which, unlike a renaming, replaces nothing
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if os.path.lexists(self._path):
                raise FileExistsError from None
            temporary.rename(self._path)
        else:
            temporary.unlink()

    def _is_there(self) -> BadInput:
        return BadInput(f"{self._what} is there already: move it away first")

    def _lost(self, error: OSError) -> OutputLost:
        lost = OutputLost(error.strerror or "an error without a name")
        lost.done = "nothing is left of what was written"
        return lost


class NewFiles:
    """New files that get their names together, when what is done in here succeeds."""

    def __init__(self) -> None:
        self._files: list[NewFile] = []

    def open(self, path: Path, *, what: str) -> NewFile:
        """Create a file, as `NewFile` does."""
        file = NewFile(path, what=what)
        self._files.append(file)
        return file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        done: list[NewFile] = []
        try:
            if kind is None:
                for file in self._files:
                    file.publish()
                    done.append(file)
        except BaseException:
            for file in done:
                file.take_back()
            raise
        finally:
            for file in self._files:
                file.discard()
