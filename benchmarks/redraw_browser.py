"""Time from a click on a widget to the figure redrawn, as a real browser shows it.

python -m benchmarks.redraw_browser

The plot of the Distributions page is changed again and again, by a click on its widget; the time
ends with the frame after Plotly has drawn. Needs Playwright and a Chromium on the PATH.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from benchmarks._machine import machine, parser
from tests.support.browser import (
    ARGUMENTS,
    chromium,
    open_page,
    opened,
    playwright,
    running,
    settle,
)

PLOTS = ("Violin", "Ridgeline", "ECDF", "Boxplot")
ROUNDS = 10
DRAWN = ".st-key-distribution .js-plotly-plot"
CLICK = f"""([label]) => new Promise(done => {{
    document.querySelector("{DRAWN}")._fullData.before = true;
    const widget = [...document.querySelectorAll(".st-key-plot button, .st-key-plot [role=radio]")]
        .find(each => each.innerText.trim() === label);
    const start = performance.now();
    const wait = () => {{
        const data = document.querySelector("{DRAWN}")?._fullData;
        if (data && !data.before) requestAnimationFrame(() => done(performance.now() - start));
        else requestAnimationFrame(wait);
    }};
    widget.click();
    wait();
}})"""


def main() -> None:
    rounds = 1 if parser(__doc__).parse_args().quick else ROUNDS
    print(machine("streamlit", "plotly", "playwright"), flush=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder)) as app,
        playwright.sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        with opened(browser) as tab:
            open_page(tab, app, "distributions")
            tab.locator(f"{DRAWN} .main-svg").first.wait_for()
            milliseconds = []
            for i in range(rounds + 1):
                for label in PLOTS:
                    settle(tab)
                    taken = tab.evaluate(CLICK, [label])
                    if i or rounds == 1:  # the first round warms caches
                        milliseconds.append(taken)
        browser.close()
    p50, p95 = np.percentile(milliseconds, [50, 95])
    print(
        f"a widget's change, redrawn: p50 {p50:.0f} ms, p95 {p95:.0f} ms, {len(milliseconds)} "
        f"changes, ratio {p95 / p50:.2f}"
    )


if __name__ == "__main__":
    main()
