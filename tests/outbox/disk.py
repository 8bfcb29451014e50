"""What a power cut leaves of a folder, made of the log that powercut.c writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

SECTOR_BYTES = 512  # what a disk writes whole
IGNORED = ("ack", "-shm", "-lock", ".")


class Mercy(Enum):
    """What becomes of that which was not waited for."""

    NOTHING = auto()  # all of it is lost
    ALL = auto()  # all of it is there
    SOME = auto()  # some writes are, in whatever order
    TORN = auto()  # some sectors of some writes are


@dataclass(frozen=True)
class Operation:
    kind: str
    name: str
    other: str
    at: int
    data: bytes


@dataclass
class Inode:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Operation] = field(default_factory=list)


def read_log(content: bytes) -> list[Operation]:
    """Return the operations of a log."""
    operations, place = [], 0
    while place < len(content):
        end = content.index(b"\n", place)
        kind, name, other, at, size = content[place:end].decode().split()
        start = end + 1
        parts = []
        for length in (int(name), int(other), int(size) if kind == "W" else 0):
            parts.append(content[start : start + length])
            start += length
        operations.append(Operation(kind, parts[0].decode(), parts[1].decode(), int(at), parts[2]))
        place = start
    return operations


def acknowledged(operations: list[Operation]) -> bytes:
    """Return what was written to the file of acknowledgements."""
    return b"".join(op.data for op in operations if op.kind == "W" and op.name == "ack")


def after_power_cut(
    operations: list[Operation], mercy: Mercy, chance: random.Random
) -> dict[str, bytes]:
    """Return the files that are there when the power is back, after these operations."""
    live: dict[str, Inode] = {}
    durable_names: dict[str, Inode] = {}
    pending_names: list[tuple[str, Inode | None]] = []
    for op in operations:
        if op.kind == "C":
            live[op.name] = Inode()
            pending_names.append((op.name, live[op.name]))
        elif op.kind == "U":
            live.pop(op.name, None)
            pending_names.append((op.name, None))
        elif op.kind in "RL":
            live[op.other] = live[op.name]
            pending_names.append((op.other, live[op.name]))
            if op.kind == "R":
                del live[op.name]
                pending_names.append((op.name, None))
        elif op.kind == "S" and op.name == ".":
            durable_names, pending_names = _named(durable_names, pending_names), []
        elif op.name in live:
            inode = live[op.name]
            if op.kind == "S":
                inode.durable, inode.pending = _written(inode, Mercy.ALL, chance), []
            else:
                inode.pending.append(op)
    # Names go to the disk in order, as a file system's own journal keeps them.
    kept = {Mercy.NOTHING: 0, Mercy.ALL: len(pending_names)}.get(
        mercy, chance.randint(0, len(pending_names))
    )
    names = _named(durable_names, pending_names[:kept])
    return {
        name: bytes(_written(inode, mercy, chance))
        for name, inode in names.items()
        if not name.endswith(IGNORED)
    }


def _named(names: dict[str, Inode], changes: list[tuple[str, Inode | None]]) -> dict[str, Inode]:
    result = dict(names)
    for name, inode in changes:
        result.pop(name, None)
        if inode is not None:
            result[name] = inode
    return result


def _written(inode: Inode, mercy: Mercy, chance: random.Random) -> bytearray:
    content = bytearray(inode.durable)
    for op in inode.pending:
        if mercy is Mercy.NOTHING or (mercy is not Mercy.ALL and chance.random() < 0.5):
            continue
        if op.kind == "T":
            content = content[: op.at].ljust(op.at, b"\0")
            continue
        for at, data in _pieces(op, mercy, chance):
            if len(content) < at + len(data):
                content = content.ljust(at + len(data), b"\0")
            content[at : at + len(data)] = data
    return content


def _pieces(op: Operation, mercy: Mercy, chance: random.Random) -> list[tuple[int, bytes]]:
    """Return what of a write is on the disk: all, or the sectors that made it."""
    if mercy is not Mercy.TORN:
        return [(op.at, op.data)]
    pieces, place = [], 0
    while place < len(op.data):
        size = SECTOR_BYTES - (op.at + place) % SECTOR_BYTES
        if chance.random() < 0.5:
            pieces.append((op.at + place, op.data[place : place + size]))
        place += size
    return pieces
