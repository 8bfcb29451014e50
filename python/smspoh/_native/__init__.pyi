# The extension that maturin makes from rust/capi. Only smspoh._abi imports it.
from typing import Any, Final

ffi: Final[Any]
lib: Final[Any]
