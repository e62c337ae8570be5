"""The single-point mutations of a Python source: one edit of its text each, found on the syntax tree."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_COMPARISONS = {
    "<=": "<",
    ">=": ">",
    "<": "<=",
    ">": ">=",
    "==": "!=",
    "!=": "==",
    "not in": "in",
    "in": "not in",
    "is not": "is",
    "is": "is not",
}
_BOOLEANS = {"and": "or", "or": "and"}
_ARITHMETIC = {
    "//": "*",
    "**": "*",
    "<<": ">>",
    ">>": "<<",
    "+": "-",
    "-": "+",
    "*": "//",
    "/": "*",
    "%": "*",
}
_ARITHMETIC |= {"|": "&", "&": "|", "^": "|"}
_NAMES = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "startswith": "endswith",
    "endswith": "startswith",
}
_JUMPS = {ast.Break: "continue", ast.Continue: "break"}
#: Calls whose arguments are texts for people.
_SPEAKING = {"debug", "info", "warning", "error", "exception", "critical", "log", "print", "warn", "cast"}
_TEXTS = (ast.JoinedStr, ast.List, ast.Tuple)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One edit of a file, at one place."""

    path: str
    kind: str
    line: int
    column: int
    #: Half-open range of the bytes that are replaced.
    start: int
    end: int
    replacement: bytes
    #: The lines of the statement it lies in.
    statement: frozenset[int]

    @property
    def id(self) -> str:
        """Where it is and what it does, as `--only` takes it."""
        return f"{self.path}:{self.line}:{self.column}:{self.kind}"

    def applied(self, source: bytes) -> bytes:
        """The source with this mutation."""
        return source[: self.start] + self.replacement + source[self.end :]

    def lines(self, source: bytes) -> tuple[str, str]:
        """The first line that differs, before and after."""
        before, after = source.splitlines(), self.applied(source).splitlines()
        pairs = ((old, new) for old, new in zip(before, after, strict=False) if old != new)
        old, new = next(pairs, (before[self.line - 1], b""))
        return old.decode().strip(), new.decode().strip()


def mutations(path: str, source: bytes) -> list[Mutation]:
    """All edits of a file, in the order of its text; `changes` says of each whether it is another program."""
    unique = {(each.start, each.end, each.replacement): each for each in _Finder(path, source).found}
    return sorted(unique.values(), key=lambda each: (each.start, each.end, each.kind, each.replacement))


def changes(mutation: Mutation, source: bytes) -> bool:
    """Whether the mutated source is a program, and a different one."""
    try:
        return ast.dump(ast.parse(mutation.applied(source))) != ast.dump(ast.parse(source))
    except SyntaxError:
        return False


def draw_sample(found: list[Mutation], root: Path, *, number: int, seed: str) -> list[Mutation]:
    """`number` mutations on different lines, drawn by `seed`."""
    drawn: dict[tuple[str, int], Mutation] = {}
    for mutation in random.Random(seed).sample(found, len(found)):  # noqa: S311  # not a secret
        place = (mutation.path, mutation.line)
        if place not in drawn and changes(mutation, (root / mutation.path).read_bytes()):
            drawn[place] = mutation
        if len(drawn) >= number:
            break
    return list(drawn.values())


def find_mutations(root: Path, paths: list[str]) -> list[Mutation]:
    """All mutations of the Python files that `paths` name or hold, relative to `root`."""
    files: set[Path] = set()
    for path in paths:
        place = root / path
        if not place.exists():
            raise FileNotFoundError(path)
        files |= {place} if place.is_file() else set(place.rglob("*.py"))
    return [
        mutation
        for file in sorted(files)
        for mutation in mutations(file.relative_to(root).as_posix(), file.read_bytes())
    ]


class _Finder:
    """Walks a syntax tree and keeps the mutations; annotations and texts for people are left alone."""

    def __init__(self, path: str, source: bytes) -> None:
        self.found: list[Mutation] = []
        self._path = path
        self.source = source
        lines = source.splitlines(keepends=True)
        self._offsets = [0]
        for line in lines:
            self._offsets.append(self._offsets[-1] + len(line))
        self._excluded = {number for number, line in enumerate(lines, 1) if b"pragma: no cover" in line}
        self._statement = frozenset({1})
        self._walk(ast.parse(source))

    def _walk(self, node: ast.AST) -> None:
        if isinstance(node, ast.stmt):
            if _is_left_alone(node) or node.lineno in self._excluded:
                return
            self._statement = _extent(node)
        for rule in _RULES.get(type(node), ()):
            for kind, start, end, replacement in rule(self, node):
                self._keep(kind, start, end, replacement)
        statement = self._statement
        for child in _children(node):
            self._statement = statement
            self._walk(child)

    def _keep(self, kind: str, start: int, end: int, replacement: bytes) -> None:
        line = next(number for number, offset in enumerate(self._offsets) if offset > start)
        column = start - self._offsets[line - 1] + 1
        self.found.append(
            Mutation(self._path, kind, line, column, start, end, replacement, self._statement | {line})
        )

    def span(self, node: ast.AST) -> tuple[int, int]:
        """The bytes of a node, as a half-open range."""
        begin, finish = self._offsets[node.lineno - 1], self._offsets[node.end_lineno - 1]  # type: ignore[attr-defined]
        return begin + node.col_offset, finish + node.end_col_offset  # type: ignore[attr-defined]

    def text(self, node: ast.AST) -> bytes:
        """The source text of a node."""
        start, end = self.span(node)
        return self.source[start:end]

    def operator(self, left: ast.AST, right: ast.AST, swaps: dict[str, str]) -> Iterator[_Edit]:
        """Swaps the operator that stands between two nodes."""
        start, end = self.span(left)[1], self.span(right)[0]
        gap = re.sub(rb"#.*", lambda comment: b" " * len(comment[0]), self.source[start:end])
        match = _OPERATOR.search(gap)
        text = " ".join(match[0].decode().split()) if match else ""
        if match and text in swaps:
            yield "operator", start + match.start(), start + match.end(), swaps[text].encode()


#: The kind of an edit, the bytes it replaces and what stands there then.
_Edit = tuple[str, int, int, bytes]
_OPERATOR = re.compile(rb"not\s+in|is\s+not|\b(?:in|is|and|or)\b|<<|>>|\*\*|//|[<>=!]=|[<>+\-*/%|&^]")


def _is_left_alone(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Import() | ast.ImportFrom():
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Compare(left=ast.Name(id="__name__"))):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
    return False


def _extent(node: ast.stmt) -> frozenset[int]:
    """The lines of a statement; of a compound one, those of its head."""
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    last = _first_line(body[0]) - 1 if body else node.end_lineno
    return frozenset(range(node.lineno, max(node.lineno, last or 0) + 1))


def _first_line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 0) or getattr(getattr(node, "pattern", None), "lineno", 1))


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node that may be mutated."""
    if isinstance(node, ast.JoinedStr):
        return
    if isinstance(node, ast.Call) and _name(node.func) in _SPEAKING:
        return
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns", "decorator_list", "type_params"} or isinstance(node, ast.Raise):
            continue
        yield from (
            item for item in (value if isinstance(value, list) else [value]) if isinstance(item, ast.AST)
        )


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _compare(finder: _Finder, node: ast.Compare) -> Iterator[_Edit]:
    operands = [node.left, *node.comparators]
    for left, right in pairwise(operands):
        yield from finder.operator(left, right, _COMPARISONS)


def _bool_op(finder: _Finder, node: ast.BoolOp) -> Iterator[_Edit]:
    for left, right in pairwise(node.values):
        yield from finder.operator(left, right, _BOOLEANS)


def _bin_op(finder: _Finder, node: ast.BinOp) -> Iterator[_Edit]:
    sides = (node.left, node.right)
    if not any(isinstance(side, _TEXTS) or _is_text(side) for side in sides):
        yield from finder.operator(*sides, _ARITHMETIC)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)


def _aug_assign(finder: _Finder, node: ast.AugAssign) -> Iterator[_Edit]:
    yield from finder.operator(node.target, node.value, _ARITHMETIC)


def _unary(finder: _Finder, node: ast.UnaryOp) -> Iterator[_Edit]:
    if isinstance(node.op, ast.Not):
        yield "condition", finder.span(node)[0], finder.span(node.operand)[0], b" "


def _test(finder: _Finder, node: ast.If | ast.While | ast.IfExp) -> Iterator[_Edit]:
    yield from _negated(finder, node.test)


def _filters(finder: _Finder, node: ast.comprehension) -> Iterator[_Edit]:
    for test in node.ifs:
        yield from _negated(finder, test)


def _negated(finder: _Finder, test: ast.expr) -> Iterator[_Edit]:
    is_single = isinstance(test, ast.Compare) and len(test.ops) == 1
    if not is_single and not (isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)):
        yield ("condition", *finder.span(test), b"(not (" + finder.text(test) + b"))")


def _constant(finder: _Finder, node: ast.Constant) -> Iterator[_Edit]:
    match node.value:
        case bool():
            replacement = str(not node.value)
        case int() | float():
            replacement = str(node.value + 1)
        case str() if node.value and not re.search(r"\s", node.value):
            replacement = ascii(node.value + "x")
        case _:
            return
    yield ("constant", *finder.span(node), replacement.encode())


def _named(finder: _Finder, node: ast.Call) -> Iterator[_Edit]:
    """Swaps functions that have an opposite."""
    name = _name(node.func)
    if name in _NAMES:
        end = finder.span(node.func)[1]
        yield "name", end - len(name), end, _NAMES[name].encode()


def _arguments(finder: _Finder, node: ast.Call) -> Iterator[_Edit]:
    """Swaps neighbours among the arguments that are names."""
    values: list[ast.expr]
    for values in (node.args, [keyword.value for keyword in node.keywords if keyword.arg]):
        for left, right in pairwise(values):
            if _name(left) and _name(right):
                (start, stop), (begin, end) = finder.span(left), finder.span(right)
                between = finder.source[stop:begin]
                yield "arguments", start, end, finder.text(right) + between + finder.text(left)


def _slice(finder: _Finder, node: ast.Slice) -> Iterator[_Edit]:
    for bound in (node.lower, node.upper):
        if bound is not None and not isinstance(bound, ast.Constant):
            yield ("slice", *finder.span(bound), b"(" + finder.text(bound) + b") + 1")


def _return(finder: _Finder, node: ast.Return) -> Iterator[_Edit]:
    is_none = isinstance(node.value, ast.Constant) and node.value.value is None
    if node.value is not None and not is_none:
        yield ("statement", *finder.span(node.value), b"None")


def _removed(finder: _Finder, node: ast.Expr | ast.Raise) -> Iterator[_Edit]:
    value = node.value if isinstance(node, ast.Expr) else None
    call = value.value if isinstance(value, ast.Await) else value
    if isinstance(node, ast.Raise) or (isinstance(call, ast.Call) and _name(call.func) not in _SPEAKING):
        yield ("statement", *finder.span(node), b"pass")


def _jump(finder: _Finder, node: ast.Break | ast.Continue) -> Iterator[_Edit]:
    yield ("statement", *finder.span(node), _JUMPS[type(node)].encode())


_RULES: dict[type, tuple[Callable[..., Iterator[_Edit]], ...]] = {
    ast.Compare: (_compare,),
    ast.BoolOp: (_bool_op,),
    ast.BinOp: (_bin_op,),
    ast.AugAssign: (_aug_assign,),
    ast.UnaryOp: (_unary,),
    ast.If: (_test,),
    ast.While: (_test,),
    ast.IfExp: (_test,),
    ast.comprehension: (_filters,),
    ast.Constant: (_constant,),
    ast.Call: (_named, _arguments),
    ast.Slice: (_slice,),
    ast.Return: (_return,),
    ast.Expr: (_removed,),
    ast.Raise: (_removed,),
    ast.Break: (_jump,),
    ast.Continue: (_jump,),
}
