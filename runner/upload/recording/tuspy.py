"""tuspy's uploader, without the HTTP library of its asynchronous half, which nothing here uses.

tuspy imports aiohttp, which takes longer to load than all else of a short run. While tuspy is
imported, a stand-in has its place; it is what tuspy keeps, and loads the library on first use. The
library's own name is free again afterwards, so that another user of it notices nothing.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def loaded_on_use(name: str) -> Iterator[None]:
    """Have whoever imports a module meanwhile get a stand-in for it, unless it is loaded."""
    if name in sys.modules:
        yield
        return
    stand_in = ModuleType(name)

    def free() -> None:
        if sys.modules.get(name) is stand_in:
            del sys.modules[name]

    def attribute(key: str) -> Any:
        free()
        return getattr(importlib.import_module(name), key)

    stand_in.__getattr__ = attribute  # type: ignore[method-assign] # PEP 562: a module may
    sys.modules[name] = stand_in
    try:
        yield
    finally:
        free()


with loaded_on_use("aiohttp"):
    from tusclient.client import TusClient
    from tusclient.uploader import Uploader

__all__ = ["TusClient", "Uploader"]
