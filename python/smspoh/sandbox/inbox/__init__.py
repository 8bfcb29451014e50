"""The inbox: what the sandbox was sent, as web pages at its root.

It reads the same gateway that answers the API. All that it needs is in this package;
it asks nothing of any other machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from .controls import Controls
from .feed import Streams
from .guard import STATIC, Guard
from .jobs import JobsView
from .listing import ListView
from .message import MessageView
from .pages import FOLDER
from .phone import PhoneView

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.routing import BaseRoute

    from smspoh.sandbox.gateway import SandboxGateway

__all__ = ["routes"]


def routes(
    gateway: SandboxGateway, is_stopping: Callable[[], bool] = lambda: False
) -> list[BaseRoute]:
    """Return the routes of the inbox of a gateway.

    Args:
        gateway: whose messages.
        is_stopping: whether the server is about to stop; open streams end then.
    """
    message, phone, jobs = MessageView(gateway), PhoneView(gateway), JobsView(gateway)
    controls = Controls(gateway)
    guard = [Middleware(Guard)]
    answers = [
        ("/", ListView(gateway).page),
        ("/inbox/events", Streams(gateway, is_stopping).stream),
        ("/inbox/messages/{message_id}", message.page),
        ("/inbox/messages/{message_id}/life", message.life),
        ("/inbox/phones/{to}", phone.page),
        ("/inbox/phones/{to}/thread", phone.thread),
        ("/inbox/jobs", jobs.page),
        ("/inbox/jobs/funnels", jobs.funnels),
    ]
    changes = [
        ("/inbox/messages/{message_id}/decrypt", message.decrypt),
        ("/inbox/messages/{message_id}/replay", message.replay),
        ("/inbox/wipe", controls.wipe),
        ("/inbox/reset", controls.reset),
    ]
    return [
        *(Route(path, view, methods=["GET"], middleware=guard) for path, view in answers),
        *(Route(path, view, methods=["POST"], middleware=guard) for path, view in changes),
        Mount(STATIC, StaticFiles(directory=FOLDER / "static"), middleware=guard),
    ]
