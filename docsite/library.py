"""What `import runner` offers: each name with its types and an example that a test runs."""

import inspect
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import runner

EXAMPLES = Path(__file__).parent / "examples"


def library() -> str:
    """Every public name, functions first."""
    names = sorted(runner.__all__, key=lambda name: (name[0].isupper(), name))
    return "\n".join(line for name in names for line in _entry(name))


def _entry(name: str) -> Iterator[str]:
    value = getattr(runner, name)
    yield from (f"## {name}", "")
    if inspect.isfunction(value):
        yield from ("```python", f"{name}{_signature(value)}", "```", "")
    yield from (inspect.getdoc(value) or "", "")
    if is_dataclass(value):
        yield from _fields(value)
    example = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    yield from ("```python", example.rstrip("\n"), "```", "")


def _signature(function: Any) -> str:
    signature = inspect.signature(function)
    parameters = [f"    {_parameter(each)},\n" for each in _with_star(signature)]
    return f"(\n{''.join(parameters)}) -> {_plain(signature.return_annotation)}"


def _with_star(signature: inspect.Signature) -> Iterator[inspect.Parameter | str]:
    keywords = False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not keywords:
            keywords = True
            yield "*"
        yield parameter


def _parameter(parameter: inspect.Parameter | str) -> str:
    if isinstance(parameter, str):
        return parameter
    text = f"{parameter.name}: {_plain(parameter.annotation)}"
    return text if parameter.default is parameter.empty else f"{text} = …"


def _fields(value: Any) -> Iterator[str]:
    yield "| Field | Type |"
    yield "| --- | --- |"
    for field in fields(value):
        kind = _plain(field.type).replace("|", "\\|")
        yield f"| `{field.name}` | `{kind}` |"
    yield ""


def _plain(annotation: Any) -> str:
    """A type by its name, without the module it is from."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    words = text.replace("[", " [ ").replace("]", " ] ").replace(",", " , ").split()
    joined = " ".join(word.rpartition(".")[2] or word for word in words)
    return joined.replace(" [ ", "[").replace(" ]", "]").replace(" , ", ", ")
