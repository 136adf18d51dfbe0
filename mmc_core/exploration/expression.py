"""Filters of clips as people write them: `tempo > 120 and mood = 'sad' and predicted <> mood`.

What is written is untrusted. sqlglot's parser makes a tree of it; only what is known here is then
written anew as SQL, with names of columns quoted and values as parameters. So no text of a
visitor's is ever a part of a query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from mmc_core.errors import FilterError
from mmc_core.moods import SAD
from mmc_core.wording import listed, shown

if TYPE_CHECKING:  # a tenth of a second, which only a filter needs
    from sqlglot import exp

NUMBER, TEXT, YES_NO = "number", "text", "yes or no"
EXAMPLE = f"Example: tempo > 120 and mood = '{SAD.name}'."
LONGEST = 1_000  # characters
DEEPEST = 60  # of nested parts
DEEPEST_BRACKETS = 25  # the parser takes many steps into each, and Python has a thousand
EXPECTED = (
    "Expected comparisons of columns with values, joined by and, or, not; with in, between, like, "
    "ilike, is null, + - * / and the functions abs, lower, round, length"
)
# Nodes of sqlglot's tree, by the names of their classes.
_JOINED = {  # what is joined, by which sign, to what
    "And": (YES_NO, "AND", YES_NO),
    "Or": (YES_NO, "OR", YES_NO),
    "Add": (NUMBER, "+", NUMBER),
    "Sub": (NUMBER, "-", NUMBER),
    "Mul": (NUMBER, "*", NUMBER),
    "Div": (NUMBER, "/", NUMBER),
}
_COMPARED = {"EQ": "=", "NEQ": "<>", "LT": "<", "GT": ">", "LTE": "<=", "GTE": ">="}
_APPLIED = {  # what is taken, by which function or sign, and what comes of it
    "Abs": (NUMBER, "abs", NUMBER),
    "Round": (NUMBER, "round", NUMBER),
    "Lower": (TEXT, "lower", TEXT),
    "Length": (TEXT, "length", NUMBER),
    "Neg": (NUMBER, "-", NUMBER),
    "Not": (YES_NO, "NOT", YES_NO),
}
_PATTERNS = {"Like": "s", "ILike": "si"}
_REFUSED = {
    "Subquery": "a query",
    "Select": "a query",
    "Exists": "a query",
    "Cast": "a change of type",
    "TryCast": "a change of type",
    "Window": "a window function",
    "Tuple": "several conditions, joined by commas",
    "Case": "an expression",
}

Value = float | str | bool


@dataclass(frozen=True)
class Condition:
    """A part of a query that says which rows are in it, its values as parameters."""

    sql: str = "TRUE"
    parameters: tuple[Any, ...] = ()

    def __and__(self, other: Condition) -> Condition:
        return Condition(f"({self.sql}) AND ({other.sql})", self.parameters + other.parameters)


@dataclass(frozen=True)
class _Part:
    kind: str
    sql: str
    parameters: tuple[Value, ...] = ()


def parse(text: str, columns: Mapping[str, str]) -> Condition:
    """Return a filter as a condition of a query, checked.

    Args:
        text: as it was written.
        columns: of the table, each with what it holds: `NUMBER`, `TEXT` or `YES_NO`.

    Raises:
        FilterError: if it is anything but a filter of these columns, saying what and where.
    """
    if len(text) > LONGEST:
        raise FilterError(
            f"The filter has {len(text):,} characters; expected at most {LONGEST:,}. {EXAMPLE}"
        )
    if not text.strip():
        raise FilterError(f"The filter is empty. {EXAMPLE}")
    if _bracket_depth(text) > DEEPEST_BRACKETS:
        raise _too_deep()
    try:
        part = _Writer(columns).write(_tree(text), 0)
    except RecursionError as error:
        raise _too_deep() from error
    if part.kind != YES_NO:
        raise FilterError(
            f"The filter is a {part.kind}, which is neither true nor false of a clip. {EXAMPLE}"
        )
    return Condition(part.sql, part.parameters)


def quoted(column: str) -> str:
    """Return the name of a column as SQL has it."""
    return '"' + column.replace('"', '""') + '"'


def _bracket_depth(text: str) -> int:
    """Return how deep the brackets of a text are nested."""
    return max(accumulate((sign == "(") - (sign == ")") for sign in text))


def _too_deep() -> FilterError:
    return FilterError(f"The filter has too many parts within parts. {EXAMPLE}")


def _tree(text: str) -> exp.Expr:
    """Return the one expression that a text is.

    Raises:
        FilterError: if it is none, or more.
        RecursionError: if it is nested too deeply.
    """
    import sqlglot
    from sqlglot import errors, exp

    try:
        text.encode()  # half a character is none
        return sqlglot.parse_one(text, dialect="duckdb", into=exp.Condition)
    except errors.ParseError as error:
        found = error.errors[0] if error.errors else {}
        # What was read last is given, what comes after it is missing.
        is_missing = str(found.get("description")).startswith(("Required", "Expecting"))
        rest = "" if is_missing else str(found.get("highlight", ""))
        rest = (rest + str(found.get("end_context", ""))).strip()
        where = f"cannot be read from “{shown(rest, 30)}” on" if rest else "ends too early"
        raise FilterError(f"The filter {where}. {EXPECTED}. {EXAMPLE}") from error
    except (errors.TokenError, UnicodeError) as error:
        raise FilterError(f"The filter cannot be read. {EXPECTED}. {EXAMPLE}") from error


class _Writer:
    """Writes a tree anew, part by part, where all of it is known and fits together."""

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.columns = columns
        self.names = {name.casefold(): name for name in columns}

    def write(self, node: exp.Expr, depth: int) -> _Part:
        if depth > DEEPEST:
            raise _too_deep()
        kind, depth = type(node).__name__, depth + 1
        children = [value for value in node.args.values() if value not in (None, False, [])]
        if kind == "Paren":
            return self.write(node.this, depth)
        if kind in _COMPARED and len(children) == 2:
            if any(type(each).__name__ in _COMPARED for each in children):
                raise self.refused(node)  # 1 < tempo < 2 means something else than it says
            sides = self.alike(node, [self.write(each, depth) for each in children])
            return _joined(f" {_COMPARED[kind]} ", sides, YES_NO)
        if kind in _JOINED and len(children) == 2:
            takes, sign, gives = _JOINED[kind]
            # Many conditions in a row are no deeper than one.
            nodes = list(node.flatten()) if takes == YES_NO else children
            parts = [self.write(each, depth) for each in nodes]
            return _joined(f" {sign} ", self.expect(takes, node, parts), gives)
        if kind in _APPLIED and len(children) == 1:
            takes, name, gives = _APPLIED[kind]
            (part,) = self.expect(takes, node, [self.write(node.this, depth)])
            return _Part(gives, f"({name}({part.sql}))", part.parameters)
        writers = {
            "Column": self.column,
            "Literal": self.literal,
            "Boolean": self.literal,
            "Is": self.is_null,
            "Between": self.between,
            "In": self.among,
            "Like": self.pattern,
            "ILike": self.pattern,
        }
        if kind not in writers:
            raise self.refused(node)
        return writers[kind](node, children, depth)

    def column(self, node: exp.Expr, children: list[Any], depth: int) -> _Part:
        written = ".".join(part.name for part in getattr(node, "parts", []))
        name = self.names.get(written.casefold())
        if name is None or len(children) != 1:
            raise FilterError(
                f"There is no column {shown(written, 30)!r}. Text stands in single quotes, as in "
                f"mood = '{SAD.name}'. {_columns(self.columns)}"
            )
        return _Part(self.columns[name], quoted(name))

    def literal(self, node: exp.Expr, children: list[Any], depth: int) -> _Part:
        if isinstance(node.this, bool):
            return _Part(YES_NO, "?", (node.this,))
        if node.is_string:
            return _Part(TEXT, "?", (node.name,))
        try:
            return _Part(NUMBER, "?::DOUBLE", (float(node.name),))
        except ValueError as error:  # such as 1e
            raise self.refused(node) from error

    def is_null(self, node: exp.Expr, children: list[Any], depth: int) -> _Part:
        if type(node.expression).__name__ != "Null":
            raise self.refused(node)
        part = self.write(node.this, depth)
        return _Part(YES_NO, f"({part.sql} IS NULL)", part.parameters)

    def between(self, node: exp.Expr, children: list[Any], depth: int) -> _Part:
        if len(children) != 3:
            raise self.refused(node)
        of, low, high = self.alike(node, [self.write(each, depth) for each in children])
        sql = f"({of.sql} BETWEEN {low.sql} AND {high.sql})"
        return _Part(YES_NO, sql, of.parameters + low.parameters + high.parameters)

    def among(self, node: exp.Expr, children: list[Any], depth: int) -> _Part:
        if node.args.get("query"):
            raise self.refused(node.args["query"])
        if len(children) != 2 or not node.expressions:
            raise self.refused(node)
        nodes = [node.this, *node.expressions]
        first, *others = self.alike(node, [self.write(each, depth) for each in nodes])
        values = _joined(", ", others, YES_NO)
        return _Part(YES_NO, f"({first.sql} IN {values.sql})", first.parameters + values.parameters)

    def pattern(self, node: exp.Expr, children: list[Any], depth: int) -> _Part:
        """Write `like` as a regular expression, which is matched in linear time."""
        (of,) = self.expect(TEXT, node, [self.write(node.this, depth)])
        negated = "NOT " if node.args.get("negate") else ""
        if len(children) > 2 + bool(negated) or type(node.expression).__name__ != "Literal":
            raise FilterError(
                f"like takes a text with % for anything{_place(node)}. Example: name like '%love%'."
            )
        self.expect(TEXT, node, [self.write(node.expression, depth)])
        like = node.expression.name
        regular = "".join({"%": ".*", "_": "."}.get(c, re.escape(c)) for c in like)
        options = _PATTERNS[type(node).__name__]
        sql = f"({negated}regexp_full_match({of.sql}, ?, '{options}'))"
        return _Part(YES_NO, sql, (*of.parameters, regular))

    def refused(self, node: exp.Expr) -> FilterError:
        kind = type(node).__name__
        what = _REFUSED.get(kind, "an expression")
        if kind not in {*_REFUSED, *_JOINED, *_COMPARED} and hasattr(node, "sql_name"):
            name = node.name if kind == "Anonymous" else node.sql_name().lower()
            what = f"the function {shown(name, 30)}"
        return FilterError(
            f"The filter has {what}, which is not allowed{_place(node)}. {EXPECTED}. {EXAMPLE}"
        )

    def expect(self, kind: str, node: exp.Expr, parts: list[_Part]) -> list[_Part]:
        """Return parts that are all of a kind."""
        for part in parts:
            if part.kind != kind:
                raise FilterError(
                    f"The filter has a {part.kind} where a {kind} is expected{_place(node)}. "
                    f"{EXAMPLE}"
                )
        return parts

    def alike(self, node: exp.Expr, parts: list[_Part]) -> list[_Part]:
        """Return parts that are all of the same kind."""
        kinds = list(dict.fromkeys(part.kind for part in parts))
        if len(kinds) > 1:
            raise FilterError(
                f"A {kinds[0]} is compared with a {kinds[1]}{_place(node)}. Numbers stand as "
                f"they are, text in single quotes. {EXAMPLE}"
            )
        return parts


def _joined(by: str, parts: list[_Part], kind: str) -> _Part:
    parameters = tuple(value for part in parts for value in part.parameters)
    return _Part(kind, f"({by.join(part.sql for part in parts)})", parameters)


def _place(node: exp.Expr) -> str:
    """Return a part of a filter as it stands in a sentence."""
    return f": “{shown(node.sql(dialect='duckdb', normalize_functions='lower'), 30)}”"


def _columns(columns: Mapping[str, str]) -> str:
    names = list(columns)
    more = f" and {len(names) - 15} more" if len(names) > 15 else ""
    return f"Columns: {', '.join(names[:15])}{more}." if more else f"Columns: {listed(names)}."
