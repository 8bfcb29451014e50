"""A webhook that writes down every request as it came, and answers as it is told."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


class Webhook:
    """Listen on the loopback.

    Args:
        answers: the status of each answer in turn, the last one for all that follow;
            0 closes the connection without one.
    """

    def __init__(self, *answers: int, headers: str = "") -> None:
        self._answers = list(answers) or [200]
        self._headers = headers
        self._changed = threading.Condition()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/hook"
        self.requests: list[bytes] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def wait(self, count: int) -> list[bytes]:
        """Block until there were so many requests, and return them."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.requests) >= count, 60)
            return list(self.requests)

    def targets(self) -> list[str]:
        """Return the target of each request: a path and a query."""
        return [
            request.partition(b"\r\n")[0].decode().partition(" ")[2].rpartition(" ")[0]
            for request in self.requests
        ]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A connection that asks for nothing ends the wait for the next one.
        socket.create_connection(self._socket.getsockname()).close()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            with connection:
                request = _whole(connection)
                if not request:
                    return
                answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                if answer:
                    head = f"HTTP/1.1 {answer} X\r\nContent-Length: 0\r\n{self._headers}\r\n"
                    connection.sendall(head.encode())
            with self._changed:
                self.requests.append(request)
                self._changed.notify_all()


def _whole(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += connection.recv(65_536)
    return head + b"\r\n\r\n" + body
