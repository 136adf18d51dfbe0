"""The page of distributions as Streamlit runs it: what it says of one feature and of all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pytest
from streamlit.testing.v1 import AppTest

from mmc_core import datasets
from mmc_core.analysis import effects, findings
from mmc_core.analysis.summaries import Summary
from mmc_core.datasets import DATASETS
from mmc_core.datasets.turkish import Turkish
from mmc_core.errors import DatasetError
from mmc_core.features.schema import BY_NAME
from mmc_core.moods import NAMES
from mmc_core.reports import report
from mmc_core.ui.common import load, widgets
from mmc_core.ui.distributions import downloads, selection
from mmc_core.wording import ADJUSTED_P
from tests.support.pages import frame, page, words

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own


def drawn(app: AppTest) -> dict[str, Any]:
    """The first figure, as the browser gets it."""
    spec: dict[str, Any] = json.loads(app.get("plotly_chart")[0].proto.spec)
    return spec


def clips_in(figure: dict[str, Any]) -> list[str]:
    """The names of the single clips that a figure draws."""
    return [
        point[0]
        for trace in figure["data"]
        for point in trace.get("customdata") or []
        if isinstance(point, list) and len(point) == 4
    ]


# ---- one feature ------------------------------------------------------------------------------


def test_distributions_open_on_numbers_of_4qaed() -> None:
    app = page("distributions")
    assert "RMS energy, mean (full scale)" in words(app)
    numbers = frame(app.table[0])
    assert list(numbers.loc["n"]) == ["223", "225", "225", "225"]
    assert numbers.shape == (9, 4)
    assert "Download the feature table" not in [button.label for button in app.button]


def test_the_summary_alone_draws_turkish_and_says_what_is_missing() -> None:
    app = page("distributions", dataset="turkish", plot="histogram")
    assert "drawn from a summary" in words(app)
    assert list(frame(app.table[0]).loc["n"]) == ["100"] * 4
    assert app.number_input[0].disabled
    assert "Download the feature table" in [button.label for button in app.button]


def test_fetching_makes_the_table_and_frees_the_bins(workbook: Path) -> None:
    app = page("distributions", dataset="turkish", plot="histogram")
    next(
        button for button in app.button if button.label == "Download the feature table"
    ).click().run()
    assert not app.exception
    assert "drawn from a summary" not in words(app)
    assert not app.number_input[0].disabled


def test_a_failed_fetch_is_said_and_the_page_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Turkish) -> Path:
        raise DatasetError("No connection today.")

    monkeypatch.setattr(Turkish, "fetch", fail)
    app = page("distributions", dataset="turkish")
    app.button[0].click().run()
    assert not app.exception
    assert app.error[0].value == "No connection today."
    assert app.table


def test_a_kind_of_feature_starts_at_its_first() -> None:
    app = page("distributions", group="harmony", feature="key")
    assert app.selectbox(key="feature").value == "key"
    app.selectbox(key="group").set_value("Loudness").run()
    assert app.selectbox(key="feature").value == "rms_mean"
    app.selectbox(key="group").set_value("Pitch and harmony").run()
    assert app.selectbox(key="feature").value == "scale"
    assert "feature" not in app.query_params


def test_a_damaged_table_can_be_fetched_again(own_cache: Path, workbook: Path) -> None:
    (own_cache / "datasets").mkdir(parents=True)
    (own_cache / "datasets" / "turkish.parquet").write_text("no table")
    app = page("distributions", dataset="turkish")
    app.button[0].click().run()
    assert not app.exception
    assert "Download the feature table" not in [button.label for button in app.button]


def test_two_datasets_stand_side_by_side() -> None:
    titles = [dataset.title for dataset in DATASETS.values()]
    app = page("distributions", dataset=list(DATASETS))
    assert len(app.table) == len(titles)
    assert [tab.label for tab in app.tabs] == titles


def test_no_dataset_is_said() -> None:
    app = page("distributions")
    app.pills[0].set_value([]).run()
    assert "at least one dataset" in app.info[0].value


def test_bins_can_be_changed_and_senseless_ones_are_said() -> None:
    app = page("distributions", plot="histogram")
    app.number_input[0].set_value(0.05).run()
    assert not app.exception
    assert not app.warning
    for senseless in (1e-9, 0.0, 1e9):
        app.number_input[0].set_value(senseless).run()
        assert "expected a positive width" in app.warning[0].value


def test_other_bins_wait_for_all_tables() -> None:
    titles = [dataset.title for dataset in DATASETS.values()]
    app = page("distributions", dataset=list(DATASETS), plot="histogram", width_rms_mean="0.05")
    assert app.number_input[0].disabled
    headings = [n["text"].replace("<br>", " ") for n in drawn(app)["layout"]["annotations"]]
    assert all(title in headings for title in titles)


def test_the_originals_scale_is_set_against_the_true_mode() -> None:
    app = page("distributions", group="harmony")
    assert "“Scale” of the original" in words(app)
    assert "agree on 54\N{NO-BREAK SPACE}% of the clips" in words(app)
    assert app.dataframe[0].value.to_numpy().sum() == 898


@pytest.mark.parametrize("plot", ["boxplot", "histogram", "violin", "ridgeline", "ecdf"])
@pytest.mark.parametrize("both", [False, True])
def test_every_plot_of_one_or_two_datasets(plot: str, both: bool) -> None:
    titles = [dataset.title for dataset in DATASETS.values()]
    app = page(
        "distributions",
        dataset=list(DATASETS)[: 3 if both else 1],
        plot=plot,
        points="on",
        log="on",
    )
    figure = drawn(app)
    headings = [note["text"].replace("<br>", " ") for note in figure["layout"]["annotations"]]
    assert all(title in headings for title in (titles if both else titles[:1]))
    assert clips_in(figure)
    axes = [axis for name, axis in figure["layout"].items() if name.startswith(("xaxis", "yaxis"))]
    assert any(axis.get("type") == "log" for axis in axes)
    assert len(json.dumps(figure)) < 300_000


def test_the_sentence_and_the_statistics_are_of_the_feature_shown() -> None:
    app = page("distributions", group="harmony", feature="chroma_mean")
    dataset = datasets.get("4qaed")
    one = dataset.separation()["chroma_mean"]
    moods = {m: d for (name, m), d in dataset.summary().items() if name == "chroma_mean"}
    assert findings.of_feature(BY_NAME["chroma_mean"], moods, one) in words(app)
    assert f"ε² = **{one.effect:.3f}**" in words(app)
    pairs = next(t.value for t in app.dataframe if "δ" in t.value)
    deltas = [float(text.replace("−", "-")) for text in pairs["δ"]]
    assert deltas == pytest.approx([pair.delta for pair in one.pairs], abs=0.0005)
    assert len(pairs) == 6


def test_a_logarithm_that_cannot_be_is_refused_with_the_reason() -> None:
    app = page("distributions", group="timbre", feature="mfcc_mean_1", log="on")
    toggle = app.toggle(key="log")
    assert toggle.disabled
    assert "needs values above 0; the lowest in 4QAED is −" in toggle.help
    assert "log" not in {a.get("type") for n, a in drawn(app)["layout"].items() if "yaxis" in n}


def test_a_clip_is_picked_by_its_name_in_the_address() -> None:
    table = datasets.get("4qaed").table()
    row = table.iloc[int(table["rms_mean"].argmax())]
    app = page("distributions", clip=f"4qaed:{row['clip']}")
    named = widgets.escape_markdown(load.clip_names("4qaed")[row["clip"]])
    assert f"**{named}**, {row['clip']}, labelled " in words(app)
    assert f"{row['mood']}, 4QAED. RMS energy, mean: **{row['rms_mean']:.4g}**" in words(app)
    assert f"the highest of the {row['mood']} clips" in words(app)
    assert row["clip"] in clips_in(drawn(app))
    app.selectbox(key="group").set_value("Rhythm").run()  # and stays picked
    assert f"Tempo: **{row['tempo']:.4g}**" in words(app)


def test_a_clip_is_found_by_its_artist_and_title() -> None:
    app = page("distributions", clip="charlie poole: bulldog down in sunny tennessee")
    assert r"**Charlie Poole\: Bulldog Down in Sunny Tennessee**, MT0000004637, " in words(app)
    assert "MT0000004637" in clips_in(drawn(app))


def test_outliers_that_are_left_out_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "MAX_OUTLIERS", 4)
    moods = datasets.get("4qaed").summary()
    there = sum(moods["rms_mean", mood].n_outliers for mood in NAMES)
    assert f"Shown: the 4 farthest of {there} outliers." in words(page("distributions"))
    monkeypatch.setattr(selection, "MAX_OUTLIERS", there)
    assert "farthest of" not in words(page("distributions"))


def test_turkish_shows_its_outliers_without_the_table() -> None:
    app = page("distributions", dataset="turkish")
    assert "drawn from a summary" in words(app)
    marks = [trace for trace in drawn(app)["data"] if trace["type"] == "scatter"]
    counted = [int(str(n)) for n in frame(app.table[0]).loc["outliers"]]
    assert [len(trace["x"]) for trace in marks] == [n for n in counted if n]
    assert "Outliers are counted, not drawn" not in words(app)


def test_outliers_that_an_old_summary_lacks_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    new = datasets.get("turkish").summary()
    old = Summary({key: replace(d, outliers=[]) for key, d in new.items()})
    monkeypatch.setattr(load, "summary", lambda _: old)
    assert "Outliers are counted, not drawn" in words(page("distributions", dataset="turkish"))


def test_p_is_said_to_be_adjusted() -> None:
    app = page("distributions", group="rhythm", dataset=list(DATASETS))
    said = re.findall(r"Kruskal–Wallis H = [\d.]+, (.*?) [=<]", words(app))
    assert said == ["Holm-adjusted p"] * len(DATASETS)
    assert not re.search(r"(?<!Holm-adjusted )\bp [=<] ", words(app))


def test_scales_are_set_free_by_a_switch_where_there_are_several_datasets() -> None:
    assert "free" not in [toggle.key for toggle in page("distributions", plot="histogram").toggle]
    app = page("distributions", dataset=list(DATASETS), plot="histogram")
    before = _axes_of_values(drawn(app))
    app.toggle(key="free").set_value(True).run()
    assert not app.exception
    assert app.query_params["free"] in ("on", ["on"])
    assert (before, _axes_of_values(drawn(app))) == (1, len(DATASETS))


def _axes_of_values(figure: dict[str, Any]) -> int:
    axes = {name: axis for name, axis in figure["layout"].items() if name.startswith("xaxis")}
    return len({axis.get("matches", name.replace("axis", "")) for name, axis in axes.items()})


def test_clips_are_offered_with_their_dataset_group_mood_and_value() -> None:
    assert "Clips as CSV" in _downloads(page("distributions"))
    clips = load.clips("4qaed")
    assert clips
    rows = downloads.clip_rows(BY_NAME["tempo"], {datasets.title_of("4qaed"): clips})
    table = datasets.get("4qaed").table()
    assert {"dataset", "clip", "group", "mood", "value"} <= set(rows)
    assert rows["clip"].tolist() == table["clip"].tolist()
    assert rows["value"].tolist() == table["tempo"].astype(float).tolist()
    assert rows["mood"].tolist() == table["mood"].tolist()


def test_clips_are_not_offered_without_a_table(own_cache: Path) -> None:
    assert "Clips as CSV" not in _downloads(page("distributions", dataset="turkish"))


def _downloads(app: AppTest) -> list[str]:
    return [element.proto.label for element in app.get("download_button")]


def test_a_clip_there_is_none_of_is_said() -> None:
    app = page("distributions", clip="<b>nobody</b>")
    assert r"There is no clip \<b\>nobody" in words(app)


def test_the_sound_of_a_clip_is_played_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, samples: list[Path]
) -> None:
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)
    clip = datasets.get("4qaed").table()["clip"].iloc[3]
    assert "not on this machine" in words(page("distributions", clip=clip))
    audio = tmp_path / "mirror" / "4qaed" / "audio"
    audio.mkdir(parents=True)
    (audio / f"{clip}.ogg").write_bytes(samples[0].read_bytes())
    monkeypatch.setenv("MMC_DATA_MIRROR", str(tmp_path / "mirror"))
    app = page("distributions", clip=clip)
    assert "not on this machine" not in words(app)
    assert app.get("audio")


def test_the_true_mode_stands_beside_the_originals_scale() -> None:
    for feature in ("scale", "mode"):
        app = page("distributions", group="harmony", feature=feature)
        headings = [note["text"] for note in drawn(app)["layout"]["annotations"]]
        assert "4QAED:<br>“Scale” of the original" in headings
        assert "4QAED:<br>Mode (estimated)" in headings
    app = page("distributions", dataset=list(DATASETS)[:2], group="harmony")
    assert "Mode (estimated) is missing: it was not extracted" in words(app)


def test_ggplots_look_is_offered_as_three_files() -> None:
    labels = _downloads(page("distributions"))
    assert {"CSV", "ggplot2 PNG", "ggplot2 SVG", "ggplot2 PDF"} <= set(labels)


@pytest.mark.parametrize("what", downloads.WHOLE, ids=lambda what: what.ending)
def test_a_whole_dataset_is_made_when_asked_for_and_ready(
    monkeypatch: pytest.MonkeyPatch, what: downloads.Made
) -> None:
    made = []

    def write(
        dataset: datasets.Dataset, file: IO[bytes], progress: Callable[[int, int], None]
    ) -> None:
        progress(1, 2)
        made.append(dataset.id)
        file.write(b"the file")

    monkeypatch.setitem(report.WRITERS, what.ending, write)
    downloads._ready.clear()
    app = page("distributions")
    assert made == []
    next(b for b in app.button if b.label == f"{what.make} 4QAED").click().run()
    assert not app.exception
    for again in (app, page("distributions")):
        labels = [button.proto.label for button in again.get("download_button")]
        assert f"{what.save} 4QAED" in labels
    assert made == ["4qaed"]
    downloads._ready.clear()


# ---- all features -----------------------------------------------------------------------------


def rows(app: AppTest) -> list[str]:
    """The labels of the rows of the figure."""
    return [text.replace("<br>", " ") for text in drawn(app)["layout"]["yaxis"]["ticktext"]]


def test_the_ranking_shows_the_best_features_and_says_so() -> None:
    app = page("distributions", view="ranking")
    ranked = effects.ranking(datasets.get("4qaed").separation())
    assert rows(app) == [BY_NAME[one.feature].title for one in ranked[:20]]
    assert findings.of_ranking("4QAED", ranked) in words(app)
    app.segmented_control(key="features").set_value("all").run()
    assert len(rows(app)) == len(ranked)


def test_the_ranking_is_a_table_too() -> None:
    app = page("distributions", view="ranking", **{"as": "table"})
    ranked = effects.ranking(datasets.get("4qaed").separation())
    table = app.dataframe[0].value
    assert table["title"].tolist() == [BY_NAME[one.feature].title for one in ranked[:20]]
    assert table[ADJUSTED_P].tolist() == [one.p for one in ranked[:20]]
    assert not app.get("plotly_chart")
    assert "Click a header to sort" in words(app)


def test_correlations_are_clustered_by_a_switch() -> None:
    app = page("distributions", view="correlations")
    grouped = drawn(app)["data"][0]["y"]
    app.segmented_control(key="order").set_value("clustered").run()
    clustered = drawn(app)["data"][0]["y"]
    assert clustered != grouped and sorted(clustered) == sorted(grouped)
    assert "average linkage" in words(app) and "Lines separate" not in words(app)


def test_kinds_of_feature_are_chosen() -> None:
    app = page("distributions", view="ranking", groups="rhythm")
    assert rows(app) == ["Tempo"]
    app = page("distributions", view="correlations", groups=["loudness", "rhythm"])
    assert len(drawn(app)["data"][0]["x"]) == 5
    app.pills(key="groups").set_value([]).run()
    assert "at least one kind of feature" in app.info[0].value


def test_the_correlations_are_the_datasets() -> None:
    titles = [dataset.title for dataset in DATASETS.values()]
    app = page("distributions", view="correlations", dataset=list(DATASETS))
    assert len(app.get("plotly_chart")) == len(titles)
    for title in titles:
        assert f"In {title}, " in words(app)
