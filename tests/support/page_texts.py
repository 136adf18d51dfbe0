"""Print every text of the pages, as Chromium shows them, once each: to be read top to bottom.

`python -m tests.support.page_texts [PAGE ...]` opens the pages, or those that are named by address
or title, with every view of theirs and every option of their controls. It opens what is folded,
hovers what explains itself, and lists what it meets as `kind: text`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support.browser import (
    ARGUMENTS,
    PAGES,
    chromium,
    expect,
    open_page,
    opened,
    playwright,
    running,
    settle,
)

# What is read together, by what it is. The first that fits an element is its kind.
READ = """() => {
    const kinds = [
        ["title", "h1"], ["heading", "h2, h3, h4, h5, h6"], ["folded", "summary"],
        ["button", "button, [data-testid=stPageLink-NavLink]"],
        ["caption", "[data-testid=stCaptionContainer] :is(p, li)"],
        ["message", "[data-testid=stAlert] p"], ["label", "label"],
        ["column", "th, [role=columnheader]"], ["cell", "[data-testid=stTable] td"],
        ["figure", "svg text"], ["sentence", "p, li, pre, div, span"],
    ];
    const shown = element => element.closest("canvas") || element.checkVisibility();
    const words = element => element.textContent.replace(/\\s+/g, " ").trim();
    const texts = [];
    const add = (kind, text) => /\\p{L}{2}/u.test(text) && texts.push(`${kind}: ${text}`);
    const read = element => {
        if (element.closest("style, script, template, [translate=no]")) return;
        for (const name of ["aria-label", "placeholder", "alt", "title"])
            if (element.hasAttribute(name)) add("spoken", element.getAttribute(name));
        const own = [...element.childNodes].some(
            node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
        const kind = kinds.find(([, selector]) => element.matches(selector))?.[0];
        const data = element.closest("canvas") && kind !== "column";
        if (kind && shown(element) && (kind !== "sentence" || own) && !data) {
            const copy = element.cloneNode(true);
            copy.querySelectorAll("style, [translate=no]").forEach(e => e.remove());
            add(kind, words(copy));
            return;
        }
        [...element.children].forEach(read);
        if (element.shadowRoot) [...element.shadowRoot.children].forEach(read);
    };
    document.querySelectorAll("[data-testid=stTopNavLink]").forEach(e => add("menu", words(e)));
    read(document.querySelector("[data-testid=stMain]"));
    return texts;
}"""


def texts(tab: Any) -> Iterator[str]:
    """Of the page as it is now, with what is folded, explained and offered on it."""
    unfold(tab)
    yield from tab.evaluate(READ)
    for icon in tab.locator("[data-testid=stMain] [data-testid=stTooltipIcon]").all():
        icon.hover()
        yield f"help: {tab.get_by_test_id('stTooltipContent').last.inner_text()}"
    tab.mouse.move(0, 0)
    for choice in tab.locator("[data-testid=stMain] [role=combobox]").all():
        choice.click()
        tab.wait_for_timeout(300)  # a list of choices all taken never opens
        yield from (f"option: {text}" for text in tab.get_by_role("option").all_inner_texts())
        tab.keyboard.press("Escape")


def wait(tab: Any) -> None:
    """Until the page is drawn, and what it works at is done."""
    settle(tab)
    expect(tab.get_by_test_id("stProgress")).to_have_count(0)
    settle(tab)


def unfold(tab: Any) -> None:
    wait(tab)
    folded = tab.locator("[data-testid=stExpander] details:not([open]) > summary")
    while folded.count():
        folded.first.click()
    wait(tab)


def groups(tab: Any) -> list[str]:
    found: list[str] = tab.locator("[data-testid=stMain] [role=radiogroup]").evaluate_all(
        "all => all.map(each => each.getAttribute('aria-label'))"
    )
    return found


def options(tab: Any, group: str) -> Iterator[None]:
    """Choose each option of a group, and the one that was chosen again."""
    radios = tab.get_by_role("radiogroup", name=group, exact=True).first.get_by_role("radio")
    if not radios.count():
        return
    checked = radios.evaluate_all("all => all.findIndex(each => each.ariaChecked === 'true')")
    for i in range(radios.count()):
        radios.nth(i).click()
        wait(tab)
        yield
    radios.nth(checked).click()
    wait(tab)


def walk(tab: Any) -> Iterator[str]:
    """A page: each option of its first group is a view, in which the others are tried."""
    yield from texts(tab)
    first = groups(tab)[:1]
    for _ in options(tab, first[0]) if first else ():
        yield from texts(tab)
        for group in groups(tab)[1:]:
            for _ in options(tab, group):
                yield from texts(tab)


def main(names: list[str]) -> None:
    known: set[str] = set()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as app,
        playwright.sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        for path, title in PAGES.items():
            if names and path not in names and title not in names:
                continue
            print(f"\n# {title}\n")
            with opened(browser) as tab:
                open_page(tab, app, path)
                for line in walk(tab):
                    kind, text = " ".join(line.split()).split(": ", 1)
                    if text not in known:
                        known.add(text)
                        print(f"{kind}: {text}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
