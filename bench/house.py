"""Count the house: modules, lines, names, rooms, imports between rooms and late ones.

python bench/house.py [REPOSITORY]
"""

import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(sys.argv[1] if len(sys.argv) > 1 else ".") / "runner"
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def room_of(module: str) -> str:
    """The room of a module: what stands directly in the package."""
    return module.split(".")[1] if "." in module else module


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the package's modules that a tree imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "runner":
            yield from (f"runner.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("runner."):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name.startswith("runner."))


def late_imports(tree: ast.AST) -> int:
    """How many imports stand inside functions."""
    functions = [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]
    inside = {node for function in functions for node in ast.walk(function)}
    return sum(isinstance(node, ast.Import | ast.ImportFrom) for node in inside)


def code_lines(text: str, tree: ast.AST) -> int:
    """Lines that are neither blank, comment nor docstring."""
    docs: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docs.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    lines = enumerate(text.splitlines(), 1)
    return sum(bool(line.strip()) and line.strip()[0] != "#" and n not in docs for n, line in lines)


def main() -> None:
    texts = {path: path.read_text("utf-8") for path in sorted(ROOT.rglob("*.py"))}
    trees = {path: ast.parse(text) for path, text in texts.items()}
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    classes = [node.name for node in nodes if isinstance(node, ast.ClassDef)]
    functions = sum(isinstance(node, FUNCTIONS) for node in nodes)
    code = sum(code_lines(texts[path], trees[path]) for path in texts)
    modules = {
        path: ".".join(path.relative_to(ROOT.parent).with_suffix("").parts) for path in texts
    }
    arrows = {
        (room_of(modules[path]), room_of(there))
        for path, tree in trees.items()
        for there in imported(tree)
    }
    names = 100 * (len(texts) + len(classes) + functions) / code
    rooms = {room_of(module) for module in modules.values()}
    twice = sorted(name for name, count in Counter(classes).items() if count > 1)
    print(f"modules {len(texts)}, lines {sum(len(t.splitlines()) for t in texts.values())}")
    print(f"code lines {code}, classes {len(classes)}, functions {functions}")
    print(f"modules, classes and functions per 100 code lines: {names:.1f}")
    print(f"rooms {len(rooms)}, arrows between them {sum(a != b for a, b in arrows)}")
    print(f"late imports {sum(map(late_imports, trees.values()))}")
    print(f"class names with two meanings: {', '.join(twice) or 'none'}")


if __name__ == "__main__":
    main()
