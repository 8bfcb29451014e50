"""Texts of messages: what they cost, and whether they can be read.

- Parts: `segments`, `cost`, `to_gsm7`, and their `_batch` forms.
- Zawgyi: `detect_zawgyi`, `zawgyi_to_unicode`, `unicode_to_zawgyi`, and their `_batch` forms.
"""

from ._cost import Cost, cost
from ._names import Encoding, FontEncoding
from ._segments import Segments, SegmentsBatch, segments, segments_batch, to_gsm7, to_gsm7_batch
from ._zawgyi import (
    Detection,
    DetectionBatch,
    ZawgyiWarning,
    detect_zawgyi,
    detect_zawgyi_batch,
    unicode_to_zawgyi,
    unicode_to_zawgyi_batch,
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
    "to_gsm7_batch",
    "unicode_to_zawgyi",
    "unicode_to_zawgyi_batch",
    "zawgyi_model_version",
    "zawgyi_to_unicode",
    "zawgyi_to_unicode_batch",
]
