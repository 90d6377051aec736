"""Values of a command's words, without pydantic for those that are plain.

typer takes every value through pydantic, a default of None too; loading that costs as much as the
rest of a short command. What is plain is taken here, the same way; for all else, and for whatever
is wrong with a value, typer's own way is gone, so that its words stay.
"""

import os
from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Any

from typer.core import TyperArgument, TyperOption


class _NotPlainError(Exception):
    """What typer's own way is for."""


class _Plain:
    """Takes a parameter's plain values, and gives the others to the parameter's own way."""

    def __init__(self, param: Any, usual: Any) -> None:
        self._descriptor = param.type_descriptor
        self._is_list = param.multiple or param.nargs == -1
        self._usual = usual

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value as the command's function takes it; raises what typer raises."""
        try:
            return self._taken(value)
        except (_NotPlainError, ValueError):
            return self._usual().coerce(value, param=param, ctx=ctx)

    def _taken(self, value: Any) -> Any:
        kind, info = self._descriptor.annotation, self._descriptor.parameter_info
        if info.parser is not None:
            raise _NotPlainError
        if value is None:
            return () if self._is_list else None
        if not self._is_list:
            return _plain(kind, value, info)
        if isinstance(value, str) or not self._descriptor.is_list:
            raise _NotPlainError
        return [_plain(kind.__args__[0], part, info) for part in value]


def _plain(kind: Any, value: Any, info: Any) -> Any:
    """One value of a kind; raises _NotPlainError, or ValueError."""
    if kind is str and isinstance(value, str):
        return value
    if kind is bool and isinstance(value, bool):
        return value
    if kind in {int, float}:
        return _number(kind, value, info)
    if kind is Path:
        return _path(value, info)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    raise _NotPlainError


def _number(kind: Any, value: Any, info: Any) -> Any:
    if isinstance(value, str):
        digits = value.replace(".", "", 1) if kind is float else value
        if not (digits.isascii() and digits.isdecimal()):
            raise _NotPlainError
    number = kind(value)
    low, high = info.min, info.max
    if (low is not None and number < low) or (high is not None and number > high):
        raise _NotPlainError
    return number


def _path(value: Any, info: Any) -> Path:
    asks_more = info.exists or info.resolve_path or info.allow_dash or info.path_type
    asks_more = asks_more or info.writable or not (info.file_okay and info.dir_okay)
    if asks_more or not isinstance(value, str | Path):
        raise _NotPlainError
    path = Path(value)
    if path.exists() and not os.access(path, os.R_OK):
        raise _NotPlainError
    return path


class QuickOption(TyperOption):
    """An option whose plain values need no pydantic."""

    def get_runtime_param(self) -> Any:
        """What takes this option's values."""
        return _Plain(self, super().get_runtime_param)


class QuickArgument(TyperArgument):
    """An argument whose plain values need no pydantic."""

    def get_runtime_param(self) -> Any:
        """What takes this argument's values."""
        return _Plain(self, super().get_runtime_param)


_QUICK: dict[type, type] = {TyperOption: QuickOption, TyperArgument: QuickArgument}


def quicken(params: Iterable[Any]) -> None:
    """Have parameters that typer made take plain values."""
    for param in params:
        if type(param) in _QUICK:
            param.__class__ = _QUICK[type(param)]  # typer leaves no choice of class
