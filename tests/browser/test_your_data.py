"""A dataset of one's own in a real Chromium: given, seen beside the others, removed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mmc_core.moods import NAMES
from tests.support.browser import expect, open_page, says, settle
from tests.support.sounds import encode, tone

pytestmark = pytest.mark.browser
CHANGES_THE_APP = True


def choose(tab: Any, path: Path) -> None:
    tab.set_input_files("input[type=file]", path)
    expect(tab.get_by_test_id("stFileChip").first).to_be_visible()
    settle(tab)


def test_a_table_is_given_seen_and_removed(tab: Any, app: tuple[str, Path], tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {"mood": np.tile(NAMES, 10), "tempo": rng.normal(120, 20, 40), "rms_mean": 0.1}
    )
    table.astype(object).replace({"mood": {NAMES[1]: "Q2"}}).to_csv(tmp_path / "t.csv", index=False)
    with (tmp_path / "t.csv").open("a") as file:
        file.write("hapy,1,1\n")
    open_page(tab, app, "own?from=table")
    choose(tab, tmp_path / "t.csv")
    tab.get_by_label("Name").fill("From a browser")
    tab.get_by_label("Name").press("Enter")
    settle(tab)
    tab.get_by_role("button", name="Build").click()
    says(tab, "is ready: 40 clips", "Row 42: the mood is not known: got 'hapy'")
    tab.get_by_test_id("stPageLink-NavLink").filter(has_text="Distributions").click()
    expect(tab.get_by_role("heading", name="Distributions of features by mood")).to_be_visible()
    tab.wait_for_url("**dataset=from-a-browser**")
    says(tab, "RMS energy, mean")
    expect(tab.locator(".js-plotly-plot").first).to_be_visible()
    open_page(tab, app, "")
    says(tab, "From a browser")
    open_page(tab, app, "own")
    tab.get_by_role("button", name="Remove").click()
    tab.get_by_role("button", name="Remove permanently").click()
    says(tab, "No datasets yet")
    open_page(tab, app, "distributions")
    says(tab, "RMS energy, mean")
    expect(tab.get_by_test_id("stMain")).not_to_contain_text("From a browser")


def test_a_folder_is_given_with_its_subfolders(
    tab: Any, app: tuple[str, Path], tmp_path: Path
) -> None:
    for i, mood in enumerate(NAMES):
        path = tmp_path / "music" / mood / "band" / f"{i}.wav"
        path.parent.mkdir(parents=True)
        path.write_bytes(encode(tone(1.5, 22_050, (200.0 + 40 * i,)), 22_050, "wav"))
    (tmp_path / "music" / NAMES[0] / "bad.mp3").write_text("no song")
    open_page(tab, app, "own")
    choose(tab, tmp_path / "music")
    tab.get_by_role("button", name="Build").click()
    says(tab, "is ready: 4 clips", f"'{NAMES[0]}/bad.mp3': bad.mp3 is not a sound file")
    made = pd.read_parquet(app[1].parent / "cache" / "own" / "music" / "features.parquet")
    assert sorted(made["mood"]) == sorted(NAMES)
    assert set(made["group"]) == {"band"}
