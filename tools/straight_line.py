"""Hold the loops of a compiled library to a straight line. Run by `make test-secrets`.

valgrind cannot run the SHA and AVX-512 instructions of x86, so what they do with a
password is read here, from the disassembly. In the loop of each function:

- What an instruction writes is a vector, or it is a step of a counter: a general
  register plus or minus a constant, or zero. So nothing goes from a vector or from
  memory to a general register, to a mask or to the flags.
- The one instruction that jumps is `jne` backward, as often as there are counters.
- An address is made of general registers and constants, never of a vector; and none
  of those registers came from memory, a vector or a call before the loop.

So branches and addresses follow from the function's arguments (where the lanes are, and
how often to iterate) and from constants, but not from what the lanes hold.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

COMPILER = "1.95.0"  # another may inline and name otherwise
# Each function that is read: how many of it there are, and how many counters each has.
LIBRARY = {
    "smspoh_core::kdf::arch::x86_sha::run": (2, 2),  # of two and of three lanes
    "smspoh_core::kdf::arch::x86_sha::run_one": (1, 1),
    "smspoh_core::kdf::arch::x86_avx512::run": (1, 1),
    "sha2::sha256::x86_sha::compress": (1, 1),  # of the crate: the first iteration
}
# Those of rust/capi/ctest/crooked.c: the first is as it should be, the others are not.
PLANTED = ("straight", "crooked_branch", "crooked_flags", "crooked_index", "crooked_load")

HEAD = re.compile(r"^[0-9a-f]+ <(.+?)(?:::<[^>]*>)?>:$")
LINE = re.compile(r"^\s*([0-9a-f]+):\s+(?:(?:data16|cs|notrack|bnd) )*(\S+)\s*([^#<]*)")
JUMP_FAR = re.compile(r"j\w+|call|ret|loop\w*|syscall|int3?|ud2")
VECTOR = re.compile(r"[xyz]mm\d+")
GENERAL = re.compile(r"\b(?:[re]?(?:[abcd]x|[sd]i|bp)|[abcd][lh]|[sd]il|bpl|r\d+[dwb]?)\b")
ADDRESS = re.compile(r"\[([^]]*)\]")
STACK = re.compile(r"[xyz]mmword ptr \[rsp(?:[+-]0x[0-9a-f]+)?\]", re.IGNORECASE)
CONSTANT = re.compile(r"0x[0-9a-f]+")


class Instruction(NamedTuple):
    """One line of the disassembly."""

    at: int
    name: str
    operands: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.at:x}: {self.name} {','.join(self.operands)}"


Function = list[Instruction]


def functions(binary: Path, wanted: set[str]) -> list[tuple[str, Function]]:
    """Return the wanted functions of a binary, by their names without parameters."""
    command = ["objdump", "-d", "-C", "-M", "intel", "--no-show-raw-insn", str(binary)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: list[tuple[str, Function]] = []
    body: Function | None = None
    for line in text.splitlines():
        if head := HEAD.match(line):
            body = [] if head[1] in wanted else None
            if body is not None:
                found.append((head[1], body))
        elif body is not None and (match := LINE.match(line)):
            operands = tuple(filter(None, (part.strip() for part in match[3].split(","))))
            body.append(Instruction(int(match[1], 16), match[2], operands))
    return found


def family(register: str) -> str:
    """Return the name that all parts of a general register share."""
    if register[0] == "r" and register[1].isdigit():
        return register.rstrip("dwb")
    letters = register.lstrip("re") if len(register) > 2 else register
    return letters[:1] if letters[-1] in "xhl" and len(letters) == 2 else letters[:2]


def registers(text: str) -> set[str]:
    """Return the families of the general registers in a text."""
    return {family(register) for register in GENERAL.findall(text)}


def loop_of(body: Function) -> tuple[int, int] | None:
    """Return where the loop begins and ends: at the jump that goes the farthest back."""
    place = {instruction.at: index for index, instruction in enumerate(body)}
    widest = None
    for end, instruction in enumerate(body):
        if not instruction.name.startswith("j") or not instruction.operands:
            continue
        begin = place.get(int(instruction.operands[0], 16), end)
        if begin < end and (widest is None or end - begin > widest[1] - widest[0]):
            widest = (begin, end)
    return widest


def steps_counter(instruction: Instruction) -> bool:
    """Return whether it steps, clears or compares a counter, or does nothing."""
    name, operands = instruction.name, instruction.operands
    if name == "nop" or (name == "xchg" and operands == ("ax", "ax")):
        return True
    whole = [bool(GENERAL.fullmatch(operand)) for operand in operands]
    if name in {"inc", "dec"}:
        return whole == [True]
    if len(operands) != 2 or not whole[0]:
        return False
    if name == "xor":
        return operands[0] == operands[1]
    constant = bool(CONSTANT.fullmatch(operands[1]))
    return (name in {"add", "sub"} and constant) or (name == "cmp" and (constant or whole[1]))


def writes_vector(instruction: Instruction) -> bool:
    """Return whether all that it writes is a vector, in a register or on the stack."""
    first = instruction.operands[0] if instruction.operands else ""
    flags = re.match(r"v?(ptest|u?comis|testp|pcmp[ei]str)", instruction.name)
    return not flags and bool(VECTOR.fullmatch(first) or STACK.fullmatch(first))


def doubtful(before: Function) -> set[str]:
    """Return the general registers that came from memory, a vector or a call."""
    doubts = set[str]()
    for instruction in before:
        target, *sources = (*instruction.operands, "")
        if instruction.name == "call":
            doubts |= registers("rax rcx rdx rsi rdi r8 r9 r10 r11")
        if not GENERAL.fullmatch(target):
            continue
        read = " ".join(sources)
        cleared = instruction.name == "xor" and [target] == sources[:1]
        kept = instruction.name not in {"mov", "movzx", "movsx", "lea"} and family(target) in doubts
        loaded = "[" in read and instruction.name != "lea"
        if not cleared and (kept or loaded or VECTOR.search(read) or registers(read) & doubts):
            doubts.add(family(target))
        else:
            doubts.discard(family(target))
    return doubts


def offences(body: Function, counters: int) -> list[str]:
    """Return what in a function is not a straight line."""
    bounds = loop_of(body)
    if bounds is None:
        return ["no loop found"]
    begin, end = bounds
    loop, before = body[begin : end + 1], body[:begin]
    wrong, jumps, used = [], 0, set[str]()
    for instruction in loop:
        addresses = ADDRESS.findall(" ".join(instruction.operands))
        if any(VECTOR.search(address) for address in addresses):
            wrong.append(f"an address made of a vector: {instruction}")
        if JUMP_FAR.fullmatch(instruction.name):
            jumps += 1
            back = instruction.name == "jne" and int(instruction.operands[0], 16) < instruction.at
            if not back:
                wrong.append(f"not a counter's jump: {instruction}")
        elif steps_counter(instruction):
            if instruction.name != "nop":
                used |= registers(" ".join(instruction.operands))
        elif not writes_vector(instruction):
            wrong.append(f"neither a vector nor a counter's step: {instruction}")
        else:
            used |= {name for address in addresses for name in registers(address)}
    if jumps != counters:
        wrong.append(f"{jumps} jumps, and {counters} counters")
    vectors = sum(map(writes_vector, loop))
    if not vectors:
        wrong.append("no vectors: this is not the loop that was meant")
    doubts = sorted(used & doubtful(before))
    return wrong + [f"the loop uses {name}, which may hold what the lanes do" for name in doubts]


def of_library(binary: Path) -> list[str]:
    """Return the complaints about the library, and say what was read."""
    found = functions(binary, set(LIBRARY))
    wrong = []
    for name, (copies, counters) in LIBRARY.items():
        bodies = [body for other, body in found if other == name]
        if len(bodies) != copies:
            wrong.append(f"{name}: found {len(bodies)} times, not {copies}: say anew what to read")
        for body in bodies:
            wrong += [f"{name}: {offence}" for offence in offences(body, counters)]
            begin, end = loop_of(body) or (0, 0)
            print(f"straight_line: {name}: read a loop of {end - begin + 1} instructions")
    return wrong


def of_planted(binary: Path) -> list[str]:
    """Return which planted functions were judged wrongly."""
    found = dict(functions(binary, set(PLANTED)))
    wrong = [f"the planted function {name} is missing" for name in PLANTED if name not in found]
    for name, body in found.items():
        seen = offences(body, 1)
        if bool(seen) != name.startswith("crooked"):
            wrong.append(f"misjudged the planted function {name}: {seen or 'no offence seen'}")
    return wrong


def main() -> None:
    """Print what is wrong, and exit 1 if anything is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("library", type=Path, help="the released library")
    parser.add_argument("planted", type=Path, help="what was made of rust/capi/ctest/crooked.c")
    arguments = parser.parse_args()
    wrong = of_planted(arguments.planted)
    read = of_library(arguments.library)
    version = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True)
    if read and version.stdout.split()[1] != COMPILER:
        print(
            f"straight_line: made by another compiler than rustc {COMPILER}, so not judged: {read}"
        )
    else:
        wrong += read
    for complaint in wrong:
        print(f"straight_line: {complaint}", file=sys.stderr)
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
