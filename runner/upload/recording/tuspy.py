"""tuspy's uploader, without the libraries of its asynchronous half, which nothing here uses.

tuspy imports aiohttp, which takes longer to load than all else of a short run, and asyncio. While
tuspy is imported, a stand-in has the place of each; it is what tuspy keeps, and loads the library
on first use. The library's own name is free again afterwards, so that another user of it notices
nothing.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def loaded_on_use(name: str, **known: object) -> Iterator[None]:
    """Have whoever imports a module meanwhile get a stand-in for it, unless it is loaded.

    `known` are names that the stand-in has by itself: what annotations name loads nothing.
    """
    if name in sys.modules:
        yield
        return
    stand_in = ModuleType(name)
    vars(stand_in).update(known)

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


with loaded_on_use("aiohttp"), loaded_on_use("asyncio", AbstractEventLoop=object):
    from tusclient.client import TusClient
    from tusclient.uploader import Uploader

__all__ = ["TusClient", "Uploader"]
