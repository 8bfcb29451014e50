"""One batch over the line: its requests, what each ended with, and what is asked again."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from smspoh.errors import ArgumentError, GatewayError, OutboxError, TransportError

from .judging import (
    Judgement,
    Trouble,
    judge_abandoned,
    judge_error,
    judge_invalid,
    judge_result,
    judge_unknown,
)
from .records import Outcome
from .states import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smspoh.gateway.client import AsyncClient
    from smspoh.gateway.models import Message, OutgoingMessage
    from smspoh.gateway.results import Balance

    from .desk import Desk
    from .journal import Journal
    from .records import Claimed
    from .timing import Timing

HELD_MS: Final = 5000  # that the answer of a journal may be old when a request begins


@dataclass(frozen=True, slots=True)
class Sent:
    """Say what became of a batch.

    Attributes:
        outcomes: one for each message.
        trouble: the worst that its requests say about those to come.
        retry_after_s: seconds that the gateway asks to wait.
        stop: why the whole job pauses, or None.
        strangers: entries of replies that belong to no message.
        broken: what nobody expected and ended the sending, or None.
    """

    outcomes: tuple[Outcome, ...]
    trouble: Trouble = Trouble.NONE
    retry_after_s: float | None = None
    stop: str | None = None
    strangers: tuple[Message, ...] = ()
    broken: Exception | None = None


class Line:
    """Send batches whose intent is durable.

    Args:
        client: one that never tries again by itself.
        retry_ms: returns when a message is tried again that was not sent, by how often
            that was so before and what the gateway asked for, in seconds.
        journal: whose messages. Right before each request it is asked if they still are.
        timing: the time.
        desk: the thread of the journal.

    Attributes:
        given_up: no request is waited for, and none begun.
    """

    def __init__(
        self,
        client: AsyncClient,
        retry_ms: Callable[[int, float | None], int],
        journal: Journal,
        timing: Timing,
        desk: Desk,
    ) -> None:
        self._client = client
        self._retry_ms = retry_ms
        self._journal = journal
        self._timing = timing
        self._desk = desk
        self._asking: set[asyncio.Task[object]] = set()
        self.given_up = False

    def give_up(self) -> None:
        """Wait for no reply any more: what is on its way may have been sent."""
        self.given_up = True
        for task in self._asking:
            task.cancel()

    async def balance(self) -> Balance:
        """Ask for the balance.

        Raises:
            TransportError: it was given up.
        """
        try:
            with self._asked():
                return await self._client.balance()
        except asyncio.CancelledError as error:
            if not self.given_up:
                raise
            raise TransportError("nobody waits for the balance", maybe_sent=False) from error

    @contextlib.contextmanager
    def _asked(self) -> Iterator[None]:
        """Have `give_up` end the task while this lasts."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - it says so to the type checker
        self._asking.add(task)
        try:
            yield
        finally:
            self._asking.discard(task)

    async def send(self, batch: Sequence[Claimed]) -> Sent:
        """Send a batch, in as many requests as it takes, and return what became of it."""
        outcomes: list[Outcome] = []
        strangers: list[Message] = []
        # The first group is on top of the stack.
        waiting = self._requests(batch)[::-1]
        while waiting:
            group = waiting.pop()
            held = await self._still_holds()
            if self.given_up:
                waiting.append(group)
                break
            if not held:
                waiting.append(group)
                outcomes += _not_reached(waiting)
                lost = OutboxError("the journal's lease was lost before a batch was sent")
                return Sent(tuple(outcomes), strangers=tuple(strangers), broken=lost)
            try:
                judged = await self._request(group)
            except Exception as error:  # noqa: BLE001 - whatever it is, the intent is durable
                outcomes += judge_unknown(group)
                outcomes += _not_reached(waiting)
                return Sent(
                    tuple(outcomes), Trouble.UNCLEAR, strangers=tuple(strangers), broken=error
                )
            outcomes += judged.outcomes
            strangers += judged.strangers
            if judged.trouble is not Trouble.NONE or judged.stop is not None:
                outcomes += _not_reached(waiting)
                return Sent(
                    tuple(outcomes),
                    judged.trouble,
                    judged.retry_after_s,
                    judged.stop,
                    tuple(strangers),
                )
            waiting += [[group[at] for at in part] for part in reversed(judged.again)]
        outcomes += _not_reached(waiting)
        return Sent(tuple(outcomes), strangers=tuple(strangers))

    def _requests(self, batch: Sequence[Claimed]) -> list[Sequence[Claimed]]:
        """Return a batch in groups of one request each, so that none goes unasked for long."""
        profile = self._client.profile
        groups: list[Sequence[Claimed]] = []
        together: list[Claimed] = []
        for one in batch:
            alone = one.message.encrypt and not profile.bulk_encrypt
            if alone or len(together) == profile.bulk_messages_max:
                groups += [together] if together else []
                together = []
            if alone:
                groups.append([one])
            else:
                together.append(one)
        return [*groups, together] if together else groups

    async def _still_holds(self) -> bool:
        """Ask whether what was claimed is still ours, until the answer is fresh.

        False too once the sending is given up, maybe while it was asked.
        """
        while not self.given_up:
            asked_ms = self._timing.now_ms()
            if not await self._desk.call(self._journal.still_holds):
                return False
            if self._timing.now_ms() - asked_ms <= HELD_MS:
                return True
        return False

    async def _request(self, group: Sequence[Claimed]) -> Judgement:
        messages = [_unwarned(one.message) for one in group]
        try:
            # The proof of an encrypted message is a derivation of a key each: not here.
            with self._asked():
                result = await self._client.send_bulk(messages, prove=False)
        except asyncio.CancelledError as error:
            if not self.given_up:
                raise
            return Judgement(tuple(judge_abandoned(group, error, self._client.profile)))
        except GatewayError as error:
            asked = getattr(error, "retry_after_s", None)
            waits = max(one.waits for one in group)
            return judge_error(
                group, error, retry_ms=self._retry_ms(waits, asked), profile=self._client.profile
            )
        except (ArgumentError, TypeError, Warning):
            judged = self._without_invalid(group)
            if judged is None:
                raise
            return judged
        return judge_result(group, result, profile=self._client.profile)

    def _without_invalid(self, group: Sequence[Claimed]) -> Judgement | None:
        """Return the refusal of the messages that cannot go out, and the others to go again.

        A client checks all messages before the first leaves, so nothing was sent.
        """
        outcomes: list[Outcome] = []
        good: list[int] = []
        for at, one in enumerate(group):
            try:
                self._client.check(_unwarned(one.message))
            except (ArgumentError, TypeError, Warning) as error:
                outcomes.append(judge_invalid(one, error))
            else:
                good.append(at)
        again = (good,) if good else ()
        return Judgement(tuple(outcomes), again) if outcomes else None


def _unwarned(message: OutgoingMessage) -> OutgoingMessage:
    """Return a message that warns nobody: whoever would hear it enqueued it long ago."""
    return replace(message, zawgyi="ignore") if message.zawgyi == "warn" else message


def _not_reached(waiting: Sequence[Sequence[Claimed]]) -> list[Outcome]:
    return [
        Outcome(one.reference, one.attempt, Event.NOT_SENT, why="not_reached")
        for group in reversed(waiting)
        for one in group
    ]
