"""Filters of clips as people write them: `tempo > 120 and mood = 'sad' and predicted <> mood`.

What is written is untrusted. DuckDB's parser makes a tree of it, nothing is run. The tree is walked
here, and only what `_Reader` knows is written anew as SQL, with names of columns quoted and values
as parameters; so no text of a visitor's is ever a part of a query.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mmc_core.errors import FilterError
from mmc_core.moods import SAD
from mmc_core.wording import listed, shown

NUMBER, TEXT, YES_NO = "number", "text", "yes or no"
EXAMPLE = f"tempo > 120 and mood = '{SAD.name}'"
LONGEST = 1_000  # characters
DEEPEST = 60  # of nested parts
EXPECTED = (
    "Expected comparisons of columns with values, joined by and, or, not; with in, between, like, "
    "ilike, is null, + - * / and the functions abs, lower, round, length"
)
_BEFORE = "SELECT (\n"  # the line end ends no comment of the visitor's too early, nor too late
_FUNCTIONS = {
    "abs": (NUMBER, NUMBER),
    "round": (NUMBER, NUMBER),
    "lower": (TEXT, TEXT),
    "length": (TEXT, NUMBER),
}
_COMPARISONS = {
    "COMPARE_EQUAL": "=",
    "COMPARE_NOTEQUAL": "<>",
    "COMPARE_LESSTHAN": "<",
    "COMPARE_GREATERTHAN": ">",
    "COMPARE_LESSTHANOREQUALTO": "<=",
    "COMPARE_GREATERTHANOREQUALTO": ">=",
}
_PATTERNS = {"~~": (False, "s"), "~~*": (False, "si"), "!~~": (True, "s"), "!~~*": (True, "si")}

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
    """A filter, checked.

    Args:
        text: as it was written.
        columns: of the table, each with what it holds: `NUMBER`, `TEXT` or `YES_NO`.

    Raises:
        FilterError: if it is anything but a filter of these columns, saying what and where.
    """
    if len(text) > LONGEST:
        raise FilterError(
            f"The filter has {len(text):,} characters; expected at most {LONGEST:,}. {_example()}"
        )
    if not text.strip():
        raise FilterError(f"The filter is empty. {_example()}")
    try:
        part = _Reader(columns, text).read(_tree(text), 0)
    except RecursionError as error:
        raise _too_deep() from error
    if part.kind != YES_NO:
        raise FilterError(
            f"The filter is a {part.kind}, which is neither true nor false of a clip. {_example()}"
        )
    return Condition(part.sql, part.parameters)


def quoted(column: str) -> str:
    """The name of a column as SQL has it."""
    return '"' + column.replace('"', '""') + '"'


def _example() -> str:
    return f"Example: {EXAMPLE}."


def _too_deep() -> FilterError:
    return FilterError(f"The filter has too many parts within parts. {_example()}")


def _tree(text: str) -> dict[str, Any]:
    """The one expression that a text is, as DuckDB's parser has it."""
    import duckdb

    with duckdb.connect(":memory:", config={"enable_external_access": False}) as connection:
        asked = "SELECT json_serialize_sql(?::VARCHAR)"
        try:
            (answer,) = connection.execute(asked, [f"{_BEFORE}{text}\n)"]).fetchall()[0]
            (empty,) = connection.execute(asked, ["SELECT (TRUE)"]).fetchall()[0]
        except (duckdb.Error, UnicodeError) as error:
            raise FilterError(f"The filter cannot be read. {EXPECTED}. {_example()}") from error
    parsed = json.loads(answer)
    if parsed["error"]:
        raise FilterError(f"{_where(parsed, text)} {EXPECTED}. {_example()}")
    wanted = json.loads(empty)["statements"]
    expressions = parsed["statements"][0]["node"].get("select_list", [])
    wanted[0]["node"]["select_list"] = expressions
    if parsed["statements"] != wanted or len(expressions) != 1:
        raise FilterError(f"The filter is more than one condition. {EXPECTED}. {_example()}")
    tree: dict[str, Any] = expressions[0]
    return tree


def _where(parsed: Mapping[str, Any], text: str) -> str:
    """Up to where a text that cannot be parsed makes sense."""
    position = str(parsed.get("position", ""))
    at = int(position) - len(_BEFORE) if position.isdigit() else 0
    begun = text.encode()[: max(at, 0)].decode(errors="ignore")
    rest = text[len(begun) :].strip()
    if not rest:
        return "The filter ends too early."
    return f"The filter cannot be read from “{shown(rest, 30)}” on."


class _Reader:
    """Writes a tree anew, part by part, where all of it is known and fits together."""

    def __init__(self, columns: Mapping[str, str], text: str) -> None:
        self.columns = columns
        self.names = {name.casefold(): name for name in columns}
        self.text = text.encode(errors="replace")
        self.classes: dict[str, Callable[[dict[str, Any], int], _Part]] = {
            "COLUMN_REF": self.column,
            "CONSTANT": self.constant,
            "COMPARISON": self.comparison,
            "CONJUNCTION": self.conjunction,
            "BETWEEN": self.between,
            "OPERATOR": self.operator,
            "FUNCTION": self.function,
        }

    def read(self, node: dict[str, Any], depth: int) -> _Part:
        if depth > DEEPEST:
            raise _too_deep()
        reader = self.classes.get(node["class"])
        if reader is None or node["alias"]:
            raise self.refused(node)
        return reader(node, depth + 1)

    def refused(self, node: dict[str, Any]) -> FilterError:
        what = {"SUBQUERY": "a query", "CAST": "a change of type", "WINDOW": "a window function"}
        name = what.get(node["class"], "an expression")
        if node["class"] == "FUNCTION" and node["function_name"] == "row":
            name = "several conditions, joined by commas"
        elif node["class"] == "FUNCTION" and not node["is_operator"]:
            name = f"the function {shown(node['function_name'], 30)}"
        return FilterError(
            f"The filter has {name}, which is not allowed{self.place(node)}. {EXPECTED}. "
            f"{_example()}"
        )

    def place(self, node: dict[str, Any]) -> str:
        begin = node["query_location"] - len(_BEFORE)
        written = self.text[begin : begin + node["query_location_length"]] if begin >= 0 else b""
        text = written.decode(errors="ignore").strip()
        return f": “{shown(text, 30)}”" if text and begin < len(self.text) else ""

    def column(self, node: dict[str, Any], depth: int) -> _Part:
        written = ".".join(node["column_names"])
        name = self.names.get(written.casefold())
        if name is None or len(node["column_names"]) != 1:
            raise FilterError(
                f"There is no column {shown(written, 30)!r}. Text stands in single quotes, as in "
                f"mood = '{SAD.name}'. {_columns(self.columns)}"
            )
        return _Part(self.columns[name], quoted(name))

    def constant(self, node: dict[str, Any], depth: int) -> _Part:
        kind, text = node["literal"]["kind"], node["literal"]["text"]
        if kind == "STRING":
            return _Part(TEXT, "?", (text,))
        if kind == "BOOLEAN":
            return _Part(YES_NO, "?", (text == "true",))
        if kind in ("INTEGER", "NUMERIC"):
            return _Part(NUMBER, "?::DOUBLE", (float(text.replace("_", "")),))
        raise self.refused(node)

    def comparison(self, node: dict[str, Any], depth: int) -> _Part:
        operator = _COMPARISONS.get(node["type"])
        if operator is None:
            raise self.refused(node)
        sides = [self.read(node[side], depth) for side in ("left", "right")]
        return self.joined(node, sides, f" {operator} ", YES_NO)

    def conjunction(self, node: dict[str, Any], depth: int) -> _Part:
        operator = {"CONJUNCTION_AND": " AND ", "CONJUNCTION_OR": " OR "}[node["type"]]
        parts = [self.read(child, depth) for child in node["children"]]
        return self.joined(node, self.expect(YES_NO, node, *parts), operator, YES_NO)

    def between(self, node: dict[str, Any], depth: int) -> _Part:
        parts = [self.read(node[side], depth) for side in ("input", "lower", "upper")]
        of, low, high = self.alike(node, parts)
        return _Part(
            YES_NO,
            f"({of.sql} BETWEEN {low.sql} AND {high.sql})",
            of.parameters + low.parameters + high.parameters,
        )

    def operator(self, node: dict[str, Any], depth: int) -> _Part:
        parts = [self.read(child, depth) for child in node["children"]]
        first = parts[0]
        if node["type"] == "OPERATOR_NOT":
            self.expect(YES_NO, node, first)
            return _Part(YES_NO, f"(NOT {first.sql})", first.parameters)
        if node["type"] in ("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"):
            negated = " NOT" if node["type"] == "OPERATOR_IS_NOT_NULL" else ""
            return _Part(YES_NO, f"({first.sql} IS{negated} NULL)", first.parameters)
        if node["type"] == "COMPARE_IN":
            among = self.joined(node, self.alike(node, parts)[1:], ", ", YES_NO)
            return _Part(
                YES_NO, f"({first.sql} IN {among.sql})", first.parameters + among.parameters
            )
        raise self.refused(node)

    def function(self, node: dict[str, Any], depth: int) -> _Part:
        name, given = node["function_name"].casefold(), node["arguments"]
        plain = not (
            node["distinct"] or node["filter"] or node["order_bys"]["orders"] or node["schema"]
            or node["catalog"] or any(each["name"] for each in given)
        )  # fmt: skip
        if not plain:
            raise self.refused(node)
        arguments = [each["expression"] for each in given]
        if node["is_operator"]:
            return self.arithmetic(node, name, arguments, depth)
        if name not in _FUNCTIONS or len(arguments) != 1:
            raise self.refused(node)
        takes, gives = _FUNCTIONS[name]
        (part,) = self.expect(takes, node, self.read(arguments[0], depth))
        return _Part(gives, f"{name}({part.sql})", part.parameters)

    def arithmetic(
        self, node: dict[str, Any], name: str, arguments: list[dict[str, Any]], depth: int
    ) -> _Part:
        if name in _PATTERNS and len(arguments) == 2:
            return self.pattern(node, name, arguments, depth)
        if name not in ("+", "-", "*", "/") or not arguments:
            raise self.refused(node)
        parts = [self.read(each, depth) for each in arguments]
        self.expect(NUMBER, node, *parts)
        if len(parts) == 1:
            return _Part(NUMBER, f"({name} {parts[0].sql})", parts[0].parameters)
        return self.joined(node, parts, f" {name} ", NUMBER)

    def pattern(
        self, node: dict[str, Any], name: str, arguments: list[dict[str, Any]], depth: int
    ) -> _Part:
        """As a regular expression, which is matched in linear time; `like` may take for ever."""
        (of,) = self.expect(TEXT, node, self.read(arguments[0], depth))
        if arguments[1]["class"] != "CONSTANT":
            raise FilterError(
                f"like takes a text with % for anything{self.place(node)}. "
                "Example: name like '%love%'."
            )
        (like,) = self.expect(TEXT, node, self.read(arguments[1], depth))
        negated, options = _PATTERNS[name]
        regular = "".join(
            {"%": ".*", "_": "."}.get(c, re.escape(c)) for c in str(like.parameters[0])
        )
        return _Part(
            YES_NO,
            f"({'NOT ' * negated}regexp_full_match({of.sql}, ?, '{options}'))",
            (*of.parameters, regular),
        )

    def expect(self, kind: str, node: dict[str, Any], *parts: _Part) -> list[_Part]:
        for part in parts:
            if part.kind != kind:
                raise FilterError(
                    f"The filter has a {part.kind} where a {kind} is expected{self.place(node)}. "
                    f"{_example()}"
                )
        return list(parts)

    def alike(self, node: dict[str, Any], parts: list[_Part]) -> list[_Part]:
        kinds = list(dict.fromkeys(part.kind for part in parts))
        if len(kinds) > 1:
            raise FilterError(
                f"A {kinds[0]} is compared with a {kinds[1]}{self.place(node)}. Numbers stand as "
                f"they are, text in single quotes. {_example()}"
            )
        return parts

    def joined(self, node: dict[str, Any], parts: list[_Part], by: str, kind: str) -> _Part:
        self.alike(node, parts)
        parameters = tuple(value for part in parts for value in part.parameters)
        return _Part(kind, f"({by.join(part.sql for part in parts)})", parameters)


def _columns(columns: Mapping[str, str]) -> str:
    names = list(columns)
    more = f" and {len(names) - 15} more" if len(names) > 15 else ""
    return f"Columns: {', '.join(names[:15])}{more}." if more else f"Columns: {listed(names)}."
