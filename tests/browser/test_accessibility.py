"""Whether everyone can read and use the pages: axe-core's findings, figures on a phone, keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.browser import (
    SIZES,
    end_class_vote,
    expect,
    open_class_vote,
    open_page,
    opened,
    running_with_turkish,
    says,
    settle,
)

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

pytestmark = pytest.mark.browser

PAGES_AND_VIEWS = [
    *("", "predict", "predict?song=upload", "own", "own?from=table", "listen?source=sample"),
    *("listen?source=record", "listen?source=sample&second=on", "predict?model=1&second=on"),
    *("vote", "library"),
    *(f"distributions?view={view}" for view in ("feature", "ranking", "correlations")),
    *(f"compare?view={view}" for view in ("answer", "features", "map", "transfer")),
    *(f"explore?view={view}" for view in ("clips", "doubts", "pairs", "slices", "systems")),
    *(f"training?view={view}" for view in ("curves", "quality", "evaluations", "train")),
]
# Streamlit's own, which pages cannot change.
NOT_OURS = [
    [".js-plotly-plot"],  # drawn by Plotly, and described by its alternative text
    ["[data-testid=stDataFrame]"],  # a canvas, with a grid for screen readers behind it
]
SHARES = """() => [...document.querySelectorAll(".js-plotly-plot")].map(figure => {
    const layout = figure._fullLayout, across = {};
    for (const key of Object.keys(layout).filter(key => /^xaxis\\d*$/.test(key)))
        across[layout[key].domain] = layout[key]._length;
    const width = Object.values(across).reduce((sum, each) => sum + each, 0);
    return [figure.closest("[class*=st-key]").className, width / figure.clientWidth];
})"""
FIGURELESS = (
    *("own", "predict?song=upload", "listen?source=record", "training?view=train", "vote"),
    *("explore?view=doubts", "explore?view=pairs", "explore?view=systems", "library"),
)
ON_END = ".js-plotly-plot:not(.st-key-correlations-4qaed *) .xtick text[transform*='rotate(-90']"
TRIES = 4
PRESSES = 120  # of Tab: twice around a page, which may be drawn anew meanwhile


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    with running_with_turkish(tmp_path_factory.mktemp("accessibility")) as address_and_log:
        yield address_and_log


def faults(tab: Any) -> dict[str, list[str]]:
    """What axe calls serious on a page, and headings out of order: HTML by rule."""
    results = axe.Axe().run(tab, context={"exclude": NOT_OURS})
    return {
        each["id"]: [node["html"][:200] for node in each["nodes"]]
        for each in results.response["violations"]
        if each["impact"] in ("serious", "critical") or each["id"] == "heading-order"
    }


def rested(tab: Any) -> dict[str, list[str]]:
    """The faults that stay: what is drawn anew is faint until it is there."""
    for _ in range(TRIES):
        found = faults(tab)
        if not found:
            break
        tab.wait_for_timeout(1000)
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES_AND_VIEWS)
def test_axe_finds_nothing_serious(
    browser: Any, app: tuple[str, Path], path: str, scheme: str
) -> None:
    with opened(browser, scheme=scheme) as tab:
        open_page(tab, app, path)
        dark = tab.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor")
        assert (sum(map(int, dark[4:-1].split(","))) < 300) == (scheme == "dark")
        assert rested(tab) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_class_vote(
    browser: Any, app: tuple[str, Path], scheme: str
) -> None:
    with opened(browser, scheme=scheme) as teacher, opened(browser, "phone", scheme) as phone:
        code = open_class_vote(teacher, app)
        open_page(phone, app, f"vote?session={code}")
        expect(phone.locator(".vote-plane svg")).to_be_visible()
        assert rested(phone) == {}
        for view in ("Join", "Votes", "Agreement"):
            teacher.get_by_role("radio", name=view).click()
            settle(teacher)
            assert rested(teacher) == {}
        end_class_vote(teacher)


@pytest.mark.parametrize("path", PAGES_AND_VIEWS)
def test_a_phone_shows_data_over_half_of_every_figure(
    browser: Any, app: tuple[str, Path], path: str
) -> None:
    with opened(browser, "phone") as tab:
        open_page(tab, app, path)
        if not path.startswith(FIGURELESS):
            expect(tab.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        settle(tab)
        shares = tab.evaluate(SHARES)
        assert all(share >= 0.5 for _, share in shares), shares
        expect(tab.locator(ON_END)).to_have_count(0)


def test_keys_alone_lead_from_the_start_to_an_answer(tab: Any, app: tuple[str, Path]) -> None:
    """Tab and Enter, from the first page to an answer."""
    tab.set_viewport_size({"width": SIZES["desktop"][0], "height": SIZES["desktop"][1]})
    open_page(tab, app, "")
    _tab_to(tab, "e => e.matches('a[href$=\"/predict\"]')")
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_contain_text("Predict")
    says(tab, "Mood over time")


# Where keys lead: a page, what is reached on it by Tab, the keys that are pressed there, and what
# the address or the page then says.
WALK = [
    ("predict", "Try a sample", ["ArrowRight", "Enter"], "song=upload", "Upload songs"),
    ("predict", "Sample", ["ArrowDown", "ArrowDown", "Enter"], "sample=", "Mood over time"),
    ("distributions", "Plot", ["ArrowRight", "Enter"], "plot=", "Save as"),
    ("distributions", "View", ["ArrowRight", "Enter"], "view=", "Save as"),
    ("compare", "View", ["ArrowRight", "Enter"], "view=", "Save as"),
    ("explore", "Find by name", [*"Joplin", "Enter"], "find=Joplin", "clips"),
    ("listen?source=sample", "Sample", ["ArrowDown", "ArrowDown", "Enter"], "sample=", "Save as"),
    ("training", "View", ["ArrowRight", "Enter"], "view=", "Save as"),
    ("vote", "Code", [*"ABCDEF", "Enter"], "session=ABCDEF", "There is no class vote ABCDEF"),
    ("own", "Name", [*"mine", "Enter"], "", "Build"),
]


@pytest.mark.parametrize(("path", "label", "keys", "address", "then"), WALK)
def test_keys_alone_choose(
    tab: Any, app: tuple[str, Path], path: str, label: str, keys: list[str], address: str, then: str
) -> None:
    open_page(tab, app, path)
    _tab_to(tab, f"e => ({LABELS})(e).some(text => text.startsWith({label!r}))")
    for key in keys:
        tab.keyboard.press(key)
    settle(tab)
    tab.wait_for_function("part => location.search.includes(part)", arg=address)
    says(tab, then)
    shown = "getComputedStyle(document.activeElement)"
    assert tab.evaluate(f"document.activeElement !== document.body || {shown}.outline !== 'none'")


# What a control is called: by its own label, or by that of the group that it is in.
LABELS = """e => {
    const named = [];
    for (let at = e; at && at !== document.body; at = at.parentElement) {
        const label = at.getAttribute("aria-label") || "";
        const by = (at.getAttribute("aria-labelledby") || "").split(" ")
            .map(id => document.getElementById(id)?.innerText || "");
        named.push(label, ...by, ...[...(at.labels || [])].map(each => each.innerText));
        if (at.matches("[role=radiogroup], [role=group]")) break;
    }
    return [e.innerText || "", ...named].map(text => text.trim());
}"""


def _tab_to(tab: Any, wanted: str) -> None:
    passed = []
    for _ in range(PRESSES):
        tab.keyboard.press("Tab")
        if tab.evaluate(f"Boolean(({wanted})(document.activeElement))"):
            return
        passed.append(tab.evaluate(f"({LABELS})(document.activeElement).find(Boolean)"))
    raise AssertionError(f"{PRESSES} presses of Tab do not lead to {wanted} but over {passed}")
