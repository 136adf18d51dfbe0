"""Choices that the address of a page holds, by keys that do not change when labels do.

Each function here is called just before its widget, for what that widget is given. A link shows
everyone the same: what its address does not name is at its default. The menu's links name nothing,
and bring back what was chosen on a page before. What an address names that is not there is said
at the top of the page, which then shows the default.

Streamlit tells the browser of a value once. Where a page is drawn anew, or left for another that
has the same widget, before the browser has shown it, the browser shows it with its first option or
none, and sends this with the next click. So values that the run before gave are given again after
a change of page, and after `rerun`, which is to be called for `st.rerun`. The browser knows an
option by its label, and takes the first where that is gone: labels of options must not change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mmc_core.language import _
from mmc_core.ui.common import languages, widgets

Value = TypeVar("Value")
Raw = list[str]  # the values of one parameter

_STATE = "address"  # in the session


@dataclass
class _Choice:
    """One parameter in one run of a page."""

    default: Any
    decode: Callable[[Raw], tuple[Any, Raw]]  # the value, and what there is none of
    encode: Callable[[Any], Raw]


@dataclass
class _Address:
    """What a session knows of the address of its page."""

    page: str = ""
    query: dict[str, Raw] | None = None  # as it was last seen or written
    before: dict[str, Raw] | None = None  # as it was before that was written
    asks: bool = False  # whether it is to be followed in this run
    taken: set[str] = field(default_factory=set)  # parameters that were read since
    unknown: dict[str, tuple[Raw, Any]] = field(default_factory=dict)  # and what is shown instead
    choices: dict[str, _Choice] = field(default_factory=dict)  # of this run
    values: dict[tuple[str, str], Any] = field(default_factory=dict)  # by page and parameter
    given: dict[str, Any] = field(default_factory=dict)  # to widgets, in this run
    given_before: dict[str, Any] = field(default_factory=dict)  # in the run before
    assigned: set[str] = field(default_factory=set)  # since then
    is_hasty: bool = False  # the run before may have ended before the browser showed all of it


@contextmanager
def followed(page: str) -> Iterator[None]:
    """Around a page: reads its address, and writes into it what was chosen."""
    here = _here()
    query = _query()
    if here.page != page or here.query is None:
        here.page, here.asks, here.is_hasty = page, bool(query), True
        here.taken, here.unknown = set(), {}
    elif query != here.query and not (query == here.before and not _went_back()):
        here.asks, here.taken, here.unknown = True, set(), {}
    here.query, here.choices = query, {}
    here.given, here.given_before = {}, here.given
    notices = st.empty()
    yield  # where a page is drawn anew before it is through, it has not read all of its address yet
    _finish(here, notices)


def one(
    name: str,
    options: Sequence[Value],
    default: Value,
    *,
    keys: Mapping[Value, str] | None = None,
    aliases: Mapping[str, Value] | None = None,
) -> Any:
    """For a widget that chooses one of several.

    Args:
        name: of the parameter, and key of the widget.
        options: of the widget.
        default: where neither the address nor the visitor has chosen.
        keys: what the address calls each option; the option itself where left out.
        aliases: options by what else an address may call them.
    """
    spelled = _spelled(options, keys)

    def decode(raw: Raw) -> tuple[Value, Raw]:
        result = spelled.get(raw[-1], (aliases or {}).get(raw[-1]))
        return (default, raw) if result is None else (result, [])

    def is_there(value: Any) -> bool:
        return value in options

    by_option = {option: key for key, option in spelled.items()}
    return _choose(name, _Choice(default, decode, lambda value: [by_option[value]]), is_there)


def several(
    name: str,
    options: Sequence[Value],
    default: Sequence[Value],
    *,
    keys: Mapping[Value, str] | None = None,
) -> Any:
    """For a widget that chooses any number of several; as `one`."""
    spelled = _spelled(options, keys)

    def decode(raw: Raw) -> tuple[list[Value], Raw]:
        named = [each for each in raw if each]
        known = [spelled[each] for each in named if each in spelled]
        unknown = [each for each in named if each not in spelled]
        return (list(default) if unknown and not known else known), unknown

    def is_there(value: Any) -> bool:
        return isinstance(value, list) and all(each in options for each in value)

    def encode(values: Sequence[Value]) -> Raw:
        by_option = {option: key for key, option in spelled.items()}
        return [by_option[value] for value in values] or [""]  # none of them, and not the default

    return _choose(name, _Choice(list(default), decode, encode), is_there)


def number(name: str, low: float, high: float, default: float) -> Any:
    """For a widget that takes a number; a whole one where the default is."""
    kind = type(default)

    def decode(raw: Raw) -> tuple[float, Raw]:
        try:
            value = kind(raw[-1])
        except ValueError:
            return default, raw
        return (value, []) if low <= value <= high else (default, raw)

    def is_there(value: Any) -> bool:
        return isinstance(value, int | float) and low <= value <= high

    return _choose(name, _Choice(default, decode, lambda value: [f"{value:.12g}"]), is_there)


def switch(name: str) -> Any:
    """For a toggle, which is off at first."""
    names = {"on": True, "off": False}

    def decode(raw: Raw) -> tuple[bool, Raw]:
        return (names[raw[-1]], []) if raw[-1] in names else (False, raw)

    choice = _Choice(False, decode, lambda value: ["on" if value else "off"])
    return _choose(name, choice, lambda value: isinstance(value, bool))


def text(name: str, decode: Callable[[str], str], encode: Callable[[str], str]) -> Any:
    """For a widget that takes any text, or none; the page says itself what it does not know."""
    choice = _Choice(
        None, lambda raw: (decode(raw[-1]) if raw[-1] else None, []), lambda value: [encode(value)]
    )
    return _choose(name, choice, lambda value: isinstance(value, str) and value != "")


def assign(**values: Any) -> None:
    """Choose for the visitor, in the callback of another widget; `_` stands for `-` in names."""
    here = _here()
    for name, value in values.items():
        name = name.replace("_", "-")
        here.values[here.page, name] = st.session_state[name] = value
        here.taken.add(name)
        here.assigned.add(name)


def rerun() -> NoReturn:
    """Have the page drawn anew; for `st.rerun`."""
    _here().is_hasty = True
    st.rerun()


def chosen(name: str) -> Any:
    """What another view of the page chose last; None where it has not been drawn."""
    here = _here()
    return here.values.get((here.page, name))


def _here() -> _Address:
    here: _Address = st.session_state.setdefault(_STATE, _Address())
    return here


def _query() -> dict[str, Raw]:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _went_back() -> bool:
    """Or forward, in the browser. A click sends the address as it was when the click was made."""
    context = get_script_run_ctx()
    return bool(context and context.is_history_navigation)


def _spelled(options: Sequence[Value], keys: Mapping[Value, str] | None) -> dict[str, Value]:
    return {keys[option] if keys else str(option): option for option in options}


def _choose(name: str, choice: _Choice, is_there: Callable[[Any], bool]) -> dict[str, str]:
    """Set the widget's value before it is drawn: what the address asks for, if that is new, what
    was chosen before, or the default.
    """
    here, state = _here(), st.session_state
    at = (here.page, name)
    if name in here.taken:
        value = state[name] if name in state else here.values.get(at, choice.default)
    elif here.asks and name in (query := here.query or {}):
        value, unknown = choice.decode(query[name])
        if unknown:
            here.unknown[name] = unknown, value
    elif here.asks:
        value = choice.default
    else:
        value = here.values.get(at, choice.default)
    if not is_there(value):
        value = choice.default
    here.taken.add(name)
    here.choices[name] = choice
    if name in here.unknown and value != here.unknown[name][1]:
        del here.unknown[name]  # the visitor has chosen since
    here.values[at] = value
    if name not in state or state[name] != value or _may_be_unseen(here, name, value):
        state[name] = here.given[name] = value
    here.assigned.discard(name)
    return {"key": name}


def _may_be_unseen(here: _Address, name: str, value: Any) -> bool:
    """Whether the browser may show another value: it was not told yet, or something else since."""
    if name in here.assigned:
        return True
    if name not in here.given_before:
        return False
    return here.given_before.pop(name) != value or here.is_hasty


def _finish(here: _Address, notices: DeltaGenerator) -> None:
    """Say what there is none of, and write what is chosen into the address."""
    query = here.query or {}
    written: dict[str, Raw] = languages.in_address()
    for name, choice in here.choices.items():
        value = here.values[here.page, name]
        if name in query and (name in here.unknown or choice.decode(query[name]) == (value, [])):
            written[name] = query[name]
        elif value != choice.default:
            written[name] = choice.encode(value)
    known = {languages.PARAMETER, *here.choices}
    if written != {name: raw for name, raw in query.items() if name in known}:
        here.before, here.query = query, written
        st.query_params.from_dict(written)
    here.asks = here.is_hasty = False
    if here.unknown:
        with notices.container():
            for name, (unknown, shown) in here.unknown.items():
                if name not in here.choices:
                    continue  # of another view
                names = ", ".join(f"“{widgets.escape_markdown(each)}”" for each in unknown)
                missing = _(
                    "Not here: {parameter} {names}, which the address asks for.",
                    parameter=name.replace("-", " "),
                    names=names,
                )
                instead = (
                    _("The page shows the default instead.")
                    if shown == here.choices[name].default
                    else _("The page shows the others instead.")
                )
                st.warning(f"{missing} {instead}", icon=":material/warning:")
