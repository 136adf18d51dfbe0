"""Filters as people write them: what they mean, and that nothing else gets through."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mmc_core.errors import FilterError
from mmc_core.exploration.expression import DEEPEST, LONGEST, NUMBER, TEXT, YES_NO, parse
from mmc_core.moods import NAMES

HAPPY, ANGRY = NAMES[:2]
COLUMNS = {
    "tempo": NUMBER,
    "rms_mean": NUMBER,
    "mood": TEXT,
    "name": TEXT,
    "group": TEXT,
    "correct": YES_NO,
}
TABLE = pd.DataFrame(
    {
        "tempo": [90.0, 120.0, 150.0, np.nan],
        "rms_mean": [0.1, 0.2, 0.3, 0.4],
        "mood": [HAPPY, ANGRY, HAPPY, ANGRY],
        "name": ["A 100% hit", "it's_b", "Ünder\nline", "d"],
        "group": list("aabb"),
        "correct": pd.array([True, False, None, True], dtype="boolean"),
    }
)


def rows(text: str, table: pd.DataFrame = TABLE) -> list[int]:
    """The numbers of the rows of which a filter is true."""
    condition = parse(text, COLUMNS)
    with duckdb.connect(":memory:") as connection:
        connection.register("clips", table.assign(row=range(len(table))))
        found = connection.execute(
            f"SELECT row FROM clips WHERE {condition.sql} ORDER BY row",
            list(condition.parameters),
        )
        return [row for (row,) in found.fetchall()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tempo > 100", [1, 2]),
        ("TEMPO >= 120 AND Mood = 'happy'".replace("happy", HAPPY), [2]),
        (f"mood <> '{HAPPY}' or tempo < 100", [0, 1, 3]),
        ("not (tempo > 100)", [0]),
        ("tempo is null", [3]),
        ("tempo is not null and correct", [0]),
        ("correct = false", [1]),
        ("not correct", [1]),
        ("correct is null", [2]),
        ("tempo between 90 and 120", [0, 1]),
        ("tempo not between 90 and 120", [2]),
        ("tempo in (90, 150.0)", [0, 2]),
        (f"mood not in ('{HAPPY}')", [1, 3]),
        ("\"group\" = 'b'", [2, 3]),
        ("name = 'it''s_b'", [1]),
        ("name like '%100%'", [0]),
        ("name like '_'", [3]),
        ("name like '%.%'", []),
        ("name like 'Ünder_line'", [2]),
        ("name ilike 'ünder%'", [2]),
        ("name not like '%i%'", [3]),
        ("lower(name) = 'd' or length(name) = 6", [1, 3]),
        ("abs(tempo - 120) <= 30", [0, 1, 2]),
        ("round(rms_mean * 10) = 3", [2]),
        ("-rms_mean < -0.25", [2, 3]),
        ("tempo / 2 + 1 = 61", [1]),
        ("tempo > 1e2 -- a comment", [1, 2]),
        ("true", [0, 1, 2, 3]),
        ("(" * 25 + "tempo > 100" + ")" * 25, [1, 2]),
        ("rms_mean < 99999999999999999999 * 99999999999999999999", [0, 1, 2, 3]),
    ],
)
def test_it_means_what_it_says(text: str, expected: list[int]) -> None:
    assert rows(text) == expected


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (" ", "is empty"),
        ("tempo > ", "ends too early"),
        ("tempo > 1 and and", "ends too early"),
        ("tempo > 1 tempo < 2", "cannot be read from “tempo < 2” on"),
        ("tempo >> 'x", "cannot be read."),
        ("tempo = 'fast'", "A number is compared with a text: “tempo = 'fast'”"),
        ("mood = 3", "A text is compared with a number"),
        ("correct = 1", "A yes or no is compared with a number"),
        ("tempo in (1, 'a')", "A number is compared with a text"),
        ("tempo", "The filter is a number"),
        ("mood and correct", "has a text where a yes or no is expected"),
        ("lower(tempo) = 'a'", "has a number where a text is expected: “lower(tempo)”"),
        ("mood + 1 > 2", "has a text where a number is expected"),
        (f"mood = {HAPPY}", f"There is no column '{HAPPY}'. Text stands in single quotes"),
        ("clips.tempo > 1", "There is no column 'clips.tempo'"),
        ("rowid = 1", "There is no column 'rowid'"),
        ("name like mood", "like takes a text"),
        ("name like lower('A')", "like takes a text"),
        ("tempo::integer = 1", "a change of type, which is not allowed"),
        ("(select 1) = 1", "a query, which is not allowed: “(SELECT 1)”"),
        ("tempo in (select 1)", "a query"),
        ("exists (from clips)", "a query"),
        ("read_csv('/etc/passwd') = 1", "the function read_csv, which is not allowed"),
        ("getenv('HOME') = 'x'", "the function getenv"),
        ("repeat('a', 1000000000) = 'x'", "the function repeat"),
        ("name ~ '(a+)+'", "the function regexp_like"),
        ("main.abs(tempo) = 1", "an expression, which is not allowed: “main.abs(tempo)”"),
        ("abs(distinct tempo) = 1", "an expression, which is not allowed"),
        ("round(tempo, 1) = 1", "the function round"),
        ("sum(tempo) over () > 1", "a window function"),
        ("case when correct then true end", "an expression, which is not allowed"),
        ("name = null", "an expression, which is not allowed: “NULL”"),
        ("tempo = ?", "an expression, which is not allowed: “?”"),
        ("tempo > 1) union select (true", "cannot be read from “) union select (true” on"),
        ("tempo > 1) from clips, (select 1", "cannot be read from “) from clips, (select 1” on"),
        ("true), (true", "cannot be read from “), (true” on"),
        ("true, true", "cannot be read from “, true” on"),
        ("(true, true)", "several conditions, joined by commas"),
        ("true; drop table clips", "cannot be read from “drop table clips” on"),
        ("90 < tempo < 130", "an expression, which is not allowed: “90 < tempo < 130”"),
        ("*", "an expression, which is not allowed"),
        ("name[1] = 'a'", "an expression, which is not allowed"),
        ("tempo = {'a': 1}", "is not allowed"),
        ("mood = '\ud800'", "cannot be read"),
        ("true or " * 200 + "true", f"expected at most {LONGEST:,}"),
        ("not " * (DEEPEST + 1) + "correct", "too many parts within parts"),
        ("(" * 26 + "true" + ")" * 26, "too many parts within parts"),
        ("(" * 900, "too many parts within parts"),
        ("tempo > 1e", "an expression, which is not allowed"),
        ("- - " * 200 + "tempo > 1", "too many parts within parts"),
    ],
)
def test_what_it_is_not_is_said(text: str, says: str) -> None:
    with pytest.raises(FilterError) as refused:
        parse(text, COLUMNS)
    assert says in str(refused.value)
    assert "Example: " in str(refused.value) or "Columns: " in str(refused.value)


# ---- the same as pandas -----------------------------------------------------------------------

Made = tuple[str, Callable[[pd.DataFrame], Any]]  # a filter, and what pandas makes of it


def number(draw: st.DrawFn) -> Made:
    value = draw(st.integers(-3, 3)) / 2
    column = draw(st.sampled_from(["tempo", "rms_mean"]))
    return draw(
        st.sampled_from(
            [
                (column, lambda t: t[column]),
                (f"({column} + {value})", lambda t: t[column] + value),
                (f"{value} * abs({column})", lambda t: value * t[column].abs()),
                (f"({column} - rms_mean)", lambda t: t[column] - t["rms_mean"]),
            ]
        )
    )


@st.composite
def comparison(draw: st.DrawFn) -> Made:
    if draw(st.booleans()):
        mood = draw(st.sampled_from(NAMES))
        return draw(
            st.sampled_from(
                [
                    (f"mood = '{mood}'", lambda t: t["mood"] == mood),
                    (f"mood <> '{mood}'", lambda t: t["mood"] != mood),
                    (f"mood in ('{mood}', 'x')", lambda t: t["mood"].isin([mood, "x"])),
                    (f"mood like '%{mood[1:3]}%'", lambda t: t["mood"].str.contains(mood[1:3])),
                ]
            )
        )
    (one, left), (other, right) = number(draw), number(draw)
    return draw(
        st.sampled_from(
            [
                (f"{one} < {other}", lambda t: left(t) < right(t)),
                (f"{one} >= {other}", lambda t: left(t) >= right(t)),
                (f"{one} = {other}", lambda t: left(t) == right(t)),
                (f"{one} between {other} and 1", lambda t: left(t).between(right(t), 1)),
            ]
        )
    )


def joined(parts: st.SearchStrategy[Made]) -> st.SearchStrategy[Made]:
    def both(pair: tuple[Made, Made]) -> Made:
        (one, left), (other, right) = pair
        return f"({one}) and ({other})", lambda t: left(t) & right(t)

    def either(pair: tuple[Made, Made]) -> Made:
        (one, left), (other, right) = pair
        return f"({one} or {other})", lambda t: left(t) | right(t)

    def negated(part: Made) -> Made:
        text, of = part
        return f"not ({text})", lambda t: ~of(t)

    pairs = st.tuples(parts, parts)
    return st.one_of(pairs.map(both), pairs.map(either), parts.map(negated))


@settings(max_examples=40)
@given(st.recursive(comparison(), joined, max_leaves=6), st.integers(0, 2**16))
def test_it_selects_what_pandas_selects(made: Made, seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "tempo": rng.integers(-2, 3, 30) / 2,
            "rms_mean": rng.integers(-2, 3, 30) / 2,
            "mood": rng.choice(NAMES, 30),
        }
    )
    text, of = made
    assert rows(text, table) == np.flatnonzero(of(table)).tolist()


# ---- hostile ----------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *("tempo", "mood", "name", "clips", "1", "'a'", "'%_%'", "(", ")", ",", ";", "--", "/*"),
        *("*/", "'", '"', "$$", "::", "=", "<", "like", "in", "between", "and", "or", "not", "is"),
        *("null", "select", "from", "union", "where", "exists", "case", "when", "end", "over"),
        *("read_csv", "read_text", "glob", "getenv", "'/etc/passwd'", "copy", "to", "attach"),
        *("install", "load", "pragma", "set", "?", "$1", "[", "]", "{", "}", ".", "*", "abs"),
    ]
)
KNOWN = re.compile(
    r'"(tempo|rms_mean|mood|name|group|correct)"|\?|::DOUBLE|[()<>=+*/,-]|AND|OR|NOT|IN|IS|NULL'
    r"|BETWEEN|abs|round|lower|length|regexp_full_match|'si?'|\s"
)


@settings(max_examples=50)
@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=60))
@example("name = '' or '1' = '1'")
@example("(select content from read_text('/etc/passwd')) = ''")
def test_nothing_but_what_is_known_reaches_a_query(text: str) -> None:
    try:
        condition = parse(text, COLUMNS)
    except FilterError:
        return
    assert KNOWN.sub("", condition.sql) == ""
    assert condition.sql.count("?") == len(condition.parameters)
    rows(text)


def test_no_file_is_read_nor_written(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    for text in (
        f"(select count(*) from '{secret}') > 0",
        f"(select count(*) from read_csv('{secret}')) > 0",
        f"length(read_text('{secret}')) > 0",
        f"mood = 'a'); copy (select 1) to '{tmp_path}/out.csv'; select (true",
        f"mood = 'a'); attach '{tmp_path}/out.db'; select (true",
    ):
        with pytest.raises(FilterError):
            parse(text, COLUMNS)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["secret.csv"]
