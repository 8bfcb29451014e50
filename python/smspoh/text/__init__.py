"""Texts of messages: what they cost, and whether they can be read.

- Parts: `segments`, `segments_batch`, `cost`, `to_gsm7`.
- Zawgyi: `detect_zawgyi`, `zawgyi_to_unicode`, `unicode_to_zawgyi`, and their `_batch` forms.
"""

from ._cost import Cost, cost
from ._names import Encoding, FontEncoding
from ._segments import Segments, SegmentsBatch, segments, segments_batch, to_gsm7
from ._zawgyi import (
    Detection,
    DetectionBatch,
    ZawgyiWarning,
    detect_zawgyi,
    detect_zawgyi_batch,
    unicode_to_zawgyi,
    unicode_to_zawgyi_batch,
    warn_of_zawgyi,
    zawgyi_model_version,
    zawgyi_to_unicode,
    zawgyi_to_unicode_batch,
)

__all__ = [
    "Cost",
    "Detection",
    "DetectionBatch",
    "Encoding",
    "FontEncoding",
    "Segments",
    "SegmentsBatch",
    "ZawgyiWarning",
    "cost",
    "detect_zawgyi",
    "detect_zawgyi_batch",
    "segments",
    "segments_batch",
    "to_gsm7",
    "unicode_to_zawgyi",
    "unicode_to_zawgyi_batch",
    "warn_of_zawgyi",
    "zawgyi_model_version",
    "zawgyi_to_unicode",
    "zawgyi_to_unicode_batch",
]
