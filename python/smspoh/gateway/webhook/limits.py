"""How large, how deep and how slow a request to the webhook may be."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from smspoh.errors import ArgumentError


@dataclass(frozen=True, slots=True)
class WebhookLimits:
    """Hold the limits of one request. A receipt has six short fields, so all are generous.

    Attributes:
        body_bytes_max: a longer body is refused unread (413).
        query_bytes_max: a longer query is refused (414).
        fields_max: fields of the query, and of the body.
        field_chars_max: characters of a name or a value.
        json_depth_max: objects and lists inside each other, 100 at most; a receipt needs 1.
        body_timeout_s: seconds for the whole body to arrive, in the ASGI application;
            a WSGI server has the body's time in its own hands.

    Raises:
        ArgumentError: a limit is outside its range.
    """

    body_bytes_max: int = 65_536
    query_bytes_max: int = 8_192
    fields_max: int = 64
    field_chars_max: int = 1_024
    json_depth_max: int = 8
    body_timeout_s: float = 10.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "body_timeout_s":
                if not math.isfinite(value) or value <= 0:
                    raise ArgumentError(f"body_timeout_s is {value}; it must be above 0")
            elif value < 1:
                raise ArgumentError(f"{field.name} is {value}; it must be at least 1")
        if self.json_depth_max > 100:  # what walks it calls itself for each
            raise ArgumentError(f"json_depth_max is {self.json_depth_max}; it must be 1 to 100")


DEFAULT_LIMITS = WebhookLimits()
