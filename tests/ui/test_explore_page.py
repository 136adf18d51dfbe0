"""The page on single clips, as Streamlit runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmc_core import datasets, runs
from mmc_core.exploration import doubts, pairs, systems
from mmc_core.figures.style import mood_label
from mmc_core.moods import BY_NAME
from mmc_core.ui.common.widgets import escape_markdown
from mmc_core.ui.explore import views
from tests.support.pages import frame, page, words
from tests.support.runs import write_evaluation

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own

BEST = "4qaed-probe-both-grouped-10"


def test_doubtful_labels_have_names_and_a_check() -> None:
    app = page("explore", view="doubts")
    assert not app.exception
    table = doubts.doubtful(runs.load_run(BEST).predictions())
    text = words(app)
    assert f"**{table['doubtful'].sum()} of 898 labels are doubtful.**" in text
    assert "does not confirm these doubts" in text and "Rank correlation" in text
    assert f"Without the {table['doubtful'].sum()} clips of doubtful labels" in text
    assert "This is a sensitivity, not a result" in text
    (shown,) = (frame(each) for each in app.dataframe)
    assert shown["clip"].tolist() == table["clip"].tolist()
    assert shown["name"][0] == datasets.get("4qaed").about_clips().loc[shown["clip"][0], "name"]


def test_pairs_with_different_labels_are_listed() -> None:
    app = page("explore", view="pairs", dataset="emopia")
    near = pairs.alike(datasets.get("emopia"))
    found = pairs.differing(near)
    assert f"**{found.differing} of {found.pairs} pairs" in words(app)
    (shown,) = (frame(each) for each in app.dataframe)
    differing = near[near["mood"] != near["other_mood"]]
    names = datasets.get("emopia").about_clips()["name"]
    assert shown["clip"].tolist() == names[differing["clip"]].tolist()
    assert (shown["label"] != shown["other label"]).all()
    first = differing.iloc[0]
    for clip, mood in ((first["clip"], first["mood"]), (first["other"], first["other_mood"])):
        label = mood_label(BY_NAME[mood])
        assert f"**{escape_markdown(names[clip])}**, labelled {label}" in words(app)


def test_moods_that_are_confused_are_counted() -> None:
    app = page("explore", view="doubts", dataset="emopia", **{"run-emopia": "emopia-svm-official"})
    joint = doubts.confused(doubts.doubtful(runs.load_run("emopia-svm-official").predictions()))
    (table,) = (frame(each) for each in app.table)
    assert table.to_numpy().tolist() == joint.to_numpy().tolist()


def test_kinds_of_music_are_ranked() -> None:
    app = page("explore", view="slices")
    assert not app.exception
    right = systems.right_by_clip(runs.load_run(BEST).predictions())
    found = systems.of_clips(right, datasets.get("4qaed"))
    worse = found[(found["p_corrected"] < 0.05) & (found["difference"] < 0)]
    for row in worse.to_dict(orient="records"):
        assert f"{row['facet']}: {row['slice']} (" in words(app)
    (figure,) = app.get("plotly_chart")
    assert f"{found['facet'][0].capitalize()}: {found['slice'][0]}" in figure.proto.alt


def test_two_systems_of_the_same_folds_are_set_side_by_side() -> None:
    app = page("explore", view="systems", **{f"other-{BEST}": "4qaed-svm-grouped-10"})
    assert not app.exception
    one, other = (runs.load_run(n).predictions() for n in (BEST, "4qaed-svm-grouped-10"))
    test = systems.mcnemar(one, other)
    assert f"only “SVM” on {test['only_other']}" in words(app)
    assert " is right more often than SVM.**" in words(app)
    both = systems.side_by_side(one, other)
    differ = both[both["one"] != both["other"]]
    (shown,) = (frame(each) for each in app.dataframe)
    assert len(shown) == len(differ)
    names = app.selectbox(key=f"other-{BEST}").options
    assert not [name for name in names if "published" in name]


def test_no_clear_difference_is_said_first_and_its_figure_waits() -> None:
    app = page("explore", view="systems", **{f"other-{BEST}": "4qaed-probe-audioset-grouped-10"})
    text = words(app)
    assert "**No clear difference between " in text
    assert "On none of 31 kinds of music is the difference significantly larger" in text
    assert not app.get("plotly_chart")
    (shown,) = (frame(each) for each in app.dataframe)
    assert {"one", "other"} <= set(shown)


def test_what_two_titles_begin_with_is_left_out() -> None:
    load = runs.load_run
    both, audioset, svm = (
        load(f"4qaed-{n}-grouped-10") for n in ("probe-both", "probe-audioset", "svm")
    )
    assert views.short_names(both, audioset) == (
        "… MusiCNN and the AudioSet network",
        "… the AudioSet network",
    )
    assert views.short_names(svm, audioset) == ("SVM", audioset.title)
    again = load("4qaed-probe-both-grouped-5")
    assert views.short_names(both, again) == (both.name, again.name)


def test_pairs_say_little_of_other_clips() -> None:
    text = words(page("explore", view="pairs", dataset="4qaed"))
    assert "of them are angry. These pairs are labelled consistently." in text


def test_another_dataset_and_system_can_be_chosen() -> None:
    app = page("explore", view="doubts", dataset="emopia", **{"run-emopia": "emopia-svm-official"})
    assert not app.exception and not app.warning
    assert "of 86 labels are doubtful" in words(app)
    assert "The dataset's 992 other clips were never held out" in words(app)
    assert "does not tell how sure its labels are" in words(app)


def test_there_may_be_no_evaluation_or_one_that_cannot_be_read(own_models: Path) -> None:
    assert "No evaluation yet" in words(page("explore", view="doubts"))
    run = write_evaluation("torn", "svm", "grouped", folds=10)
    (run.path / "predictions.parquet").write_bytes(b"no parquet")
    app = page("explore", view="doubts")
    assert not app.exception
    assert "'torn' has no readable predictions.parquet" in words(app)


def test_clips_that_the_table_lacks_are_passed_over(own_models: Path) -> None:
    write_evaluation("made-up", "svm", "grouped", folds=10)
    assert "No kind of music has 20 clips" in words(page("explore", view="slices"))
    assert "No other system was evaluated" in words(page("explore", view="systems"))
