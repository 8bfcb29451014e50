"""What every part of the suite shares."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# The same examples in every run of CI; more of them, and other ones, in `make soak`.
settings.register_profile(
    "ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", parent=settings.get_profile("ci"), derandomize=False)
settings.load_profile(os.environ.get("SMSPOH_HYPOTHESIS_PROFILE", "ci"))
