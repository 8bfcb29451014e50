"""Which word of the gateway on a delivery is further than another."""

from __future__ import annotations

from typing import Final

from smspoh.gateway.models import Status

FINAL_RANK: Final = 4
_RANKS: Final = {Status.ACCEPTED: 1, Status.PENDING: 2, Status.SENT: 3}


def rank(status: Status) -> int:
    """Return how far a status is, 0 to 4; a receipt counts only where it is further.

    A status that this release does not know is less than any that it does: it says
    something where nothing was said.
    """
    return FINAL_RANK if status.is_final else _RANKS.get(status, 0)
