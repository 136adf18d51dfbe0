"""The training page as Streamlit runs it, without a browser."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from streamlit.testing.v1 import AppTest

from mmc_core import runs
from mmc_core.errors import RunError
from mmc_core.jobs import training as jobs
from mmc_core.moods import NAMES
from mmc_core.runs import catalogue, writing
from mmc_core.runs.cards import accuracy_sentence
from mmc_core.wording import percent
from tests.support.pages import frame, page, words
from tests.support.runs import write_evaluation, write_training

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own

DETAILS, EVALUATIONS, TRAIN = "quality", "evaluations", "train"


def frames(app: AppTest) -> list[Any]:
    return [frame(element) for element in app.dataframe]


def runs_chosen(app: AppTest, dataset: str = "4qaed") -> Any:
    return app.multiselect(f"runs-{dataset}")


# ---- curves ---------------------------------------------------------------------------------


def test_ours_is_shown_beside_the_originals(own_models: Path) -> None:
    write_training("mine", "dropout=0.5")
    app = page("training")
    numbers, differing, cited = frames(app)
    assert numbers["run"].tolist() == ["Original 1D CNN (mine)", "Original system: 1D CNN, run 1"]
    assert numbers["epochs"].tolist() == [12, 80]
    assert numbers["best epoch"][0] == 5
    assert numbers["state"].tolist() == ["✓ finished", "published"]
    assert differing.loc["dropout"].tolist() == ["0.5", "0.2"]
    assert cited["reported accuracy"].tolist() == [0.51]
    text = words(app)
    assert "Do not compare them with ours" in text
    assert "github.com/Jessica0410" in text


def test_the_other_dataset_tells_of_the_leak() -> None:
    app = page("training", dataset="turkish")
    runs_chosen(app, "turkish").set_value(["Original system: 1D CNN, augmented"]).run()
    assert not app.exception
    assert "a leak" in frames(app)[-1]["note"][0]
    assert frames(app)[0]["run"].tolist() == ["Original system: 1D CNN, augmented"]


def test_no_run_is_said() -> None:
    app = page("training")
    runs_chosen(app).set_value([]).run()
    assert "Choose one or more runs" in app.info[0].value


def test_runs_are_filtered_by_input_and_architecture(own_models: Path) -> None:
    write_training("mine")
    app = page("training", architecture="cnn2d")
    assert runs_chosen(app).options == [
        "Original system: 2D CNN on MFCC",
        "Original system: 2D CNN on Spectrogram",
        "Original system: 2D CNN on Mel spectrogram",
    ]
    app.multiselect("input").set_value(["MFCC"]).run()
    assert runs_chosen(app).value == ["Original system: 2D CNN on MFCC"]
    app.multiselect("architecture").set_value([]).run()
    app.multiselect("input").set_value(["57 features"]).run()
    # What no longer matches is dropped; where nothing is left, there is a choice again.
    assert runs_chosen(app).value == ["Original 1D CNN (mine)", "Original system: 1D CNN, run 1"]
    assert not app.exception


def test_sixty_runs_are_drawn_together(own_models: Path) -> None:
    for i in range(60):
        write_training(f"run-{i:02d}", f"seed={i}")
    app = page("training")
    labels = [label for label in runs_chosen(app).options if label.startswith("Original 1D")]
    runs_chosen(app).set_value(labels).run()
    app.slider("smoothing").set_value(0.5).run()
    assert not app.exception
    assert len(frames(app)[0]) == 60
    assert frames(app)[1].loc["seed"].tolist() == [str(i) for i in range(60)]


def test_a_run_that_is_being_trained_is_said_to_be(own_models: Path) -> None:
    run = write_training("live", status=runs.TRAINING, epochs=3)
    run.session.folder.mkdir(parents=True)
    with FileLock(run.session.folder / "lock"):
        app = page("training")
        assert "the curves update by themselves: Original 1D CNN (live)" in words(app)
        assert frames(app)[0]["state"][0] == "▶ training"
        writing.append_history(run, 1, 4, dict(loss=1, accuracy=0.5, val_loss=2, val_accuracy=0.25))
        app.run()
        assert frames(app)[0]["epochs"][0] == 4
    app.run()
    assert frames(app)[0]["state"][0] == "■ stopped"


@pytest.mark.parametrize("content", ["", "no,history\n1,2\n", "member,epoch\n"])
def test_broken_runs_are_said_and_the_others_shown(own_models: Path, content: str) -> None:
    (runs.new_run("bad").path / "run.json").write_text("{ half")
    writing.write_info(runs.new_run("old"), {"status": "finished", "recipe": {"dataset": "4qaed"}})
    (write_training("torn").path / "history.csv").write_text(content)
    write_training("whole")
    app = page("training")
    runs_chosen(app).set_value(["Original 1D CNN (torn)", "Original 1D CNN (whole)"]).run()
    shown_text = [warning.value for warning in app.warning]
    assert any("'bad' has no readable run.json" in text for text in shown_text)
    assert any("'old' has a run.json without" in text for text in shown_text)
    assert any("'torn' has no readable history.csv" in text for text in shown_text) == bool(content)
    assert frames(app)[0]["run"].tolist() == ["Original 1D CNN (whole)"]


# ---- model details --------------------------------------------------------------------------


def test_a_score_comes_with_protocol_interval_and_baselines(own_models: Path) -> None:
    run = write_training("mine")
    app = page("training", view=DETAILS)
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Accuracy"] == percent(0.9, 1)
    assert shown["Guessing the commonest mood"] == percent(0.25, 1)
    assert shown["Trained on shuffled labels"] == percent(0.25, 1)
    text = words(app)
    assert accuracy_sentence(run) in text
    assert "one hold-out split" in text
    assert "40 clips of 20 groups" in text
    assert frames(app)[0]["recall"].tolist() == [0.9] * 4


def test_one_begins_with_the_run_whose_curves_are_shown(own_models: Path) -> None:
    for name in ("a", "b"):
        write_training(name)
    app = page("training")
    runs_chosen(app).set_value(["Original 1D CNN (b)"]).run()
    app.button_group("view").set_value("quality").run()
    assert app.selectbox("run").value == "b"


def test_the_clips_of_a_cell_are_listed_and_played(
    own_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_evaluation("judged", "svm", "grouped", repeats=2)
    true, shown_text = NAMES[2], NAMES[3]
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)
    app = page("training", view=DETAILS, true=true, predicted=shown_text)
    (clips,) = (table for table in frames(app) if "clip" in table)
    assert clips["clip"].tolist() == [f"{true} 0"]
    assert clips["times"].tolist() == [2]
    assert "not on this machine" in words(app)
    audio = tmp_path / "mirror" / "4qaed"
    audio.mkdir(parents=True)
    (audio / f"{true} 0.wav").write_bytes(b"RIFF")
    monkeypatch.setenv("MMC_DATA_MIRROR", str(audio.parent))
    app.run()
    assert app.get("audio")
    app.selectbox("predicted").set_value(NAMES[0]).run()
    assert f"No {true} clip was predicted as {NAMES[0]}" in words(app)


def test_nothing_scored_is_said(own_models: Path) -> None:
    assert "No scored run matches" in page("training", view=DETAILS).info[0].value


def test_damaged_predictions_are_said(own_models: Path) -> None:
    (write_training("torn").path / "predictions.parquet").write_bytes(b"no parquet")
    shown_text = page("training", view=DETAILS).warning[0].value
    assert "'torn' has no readable predictions.parquet" in shown_text


# ---- evaluations ----------------------------------------------------------------------------


def test_evaluations_are_apart_by_protocol(own_models: Path) -> None:
    write_evaluation("a", "svm", "grouped")
    write_evaluation("b", "extra-trees", "grouped", folds=5)
    write_evaluation("c", "svm", "published", repeats=2)
    write_evaluation("d", "cnn1d", "grouped", done=False)
    app = page("training", view=EVALUATIONS)
    headers = [element.value for element in app.header]
    assert headers == ["Published, 10 folds", "Grouped, 10 folds", "Grouped, 5 folds"]
    assert [table["run"].tolist() for table in frames(app)] == [["c"], ["a"], ["b"]]
    table = frames(app)[0]
    assert table[["accuracy", "clips", "repeats", "commonest mood"]].to_numpy().tolist() == [
        [0.9, 40, 2, 0.25]
    ]
    assert "(d, 5 of 10 folds done)" in words(app)
    app.multiselect("architecture").set_value(["Ensemble"]).run()
    assert "No evaluation matches" in app.info[0].value


# ---- training -------------------------------------------------------------------------------


@pytest.fixture
def started(own_models: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The recipes that the page began to train; none is."""
    recipes: list[Any] = []
    monkeypatch.setattr(jobs, "start", recipes.append)
    return recipes


def train_button(app: AppTest) -> Any:
    return next(button for button in app.button if button.label == "Train")


def test_a_recipe_is_trained_with_its_settings(started: list[Any]) -> None:
    app = page("training", view=TRAIN, recipe="cnn1d-dropout")
    assert "Training runs in the background" in words(app)
    assert app.number_input("cnn1d-dropout-dropout").value == 0.4
    app.number_input("cnn1d-dropout-epochs").set_value(7).run()
    app.number_input("cnn1d-dropout-learning_rate").set_value(1e-5).run()
    train_button(app).click().run()
    (recipe,) = started
    assert not app.exception
    assert (recipe.name, recipe.epochs, recipe.learning_rate) == ("cnn1d-dropout", 7, 1e-5)
    assert (recipe.dropout, recipe.dataset, recipe.batch_size) == (0.4, "4qaed", 16)


def test_only_what_needs_no_audio_is_offered(own_models: Path) -> None:
    offered = page("training", view=TRAIN).selectbox("recipe").options
    names = {option.rpartition("(")[2].removesuffix(")") for option in offered}
    assert {"cnn1d", "cnn1d-bagged"} <= names
    assert not {"svm", "cnn2d-mel", "cnn1d-copies"} & names


def test_a_refusal_is_said(own_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(recipe: object) -> None:
        raise RunError("Another is being trained.")

    monkeypatch.setattr(jobs, "start", refuse)
    app = page("training", view=TRAIN)
    train_button(app).click().run()
    assert app.error[0].value == "Another is being trained."


def test_one_under_way_is_watched_and_stopped(own_models: Path) -> None:
    run = write_training(
        "live", "epochs=20", "patience=5", "members=2", status=runs.TRAINING, epochs=3, members=2
    )
    run.session.folder.mkdir(parents=True)
    with FileLock(run.session.folder / "lock"):
        app = page("training", view=TRAIN)
        assert train_button(app).disabled
        assert "live is in training. One run is trained at a time." in words(app)
        (bar,) = app.get("progress")
        assert "Network 2 of 2, epoch 3 of at most 20" in bar.proto.text
        assert bar.proto.value == 57  # 23 of 40
        app.button("stop-live").click().run()
        assert run.session.is_asked_to_stop()
        assert "▶ stopping after this epoch" in words(app)
        assert app.button("stop-live").disabled
    app.run()
    assert "■ stopped" in words(app)


def test_the_folds_of_a_probe_are_counted(own_models: Path) -> None:
    evaluation = write_evaluation("folds", "probe-musicnn", "grouped", done=False)
    writing.write_info(evaluation, evaluation.info | {"of": runs.OF_TRAINING})
    evaluation = write_evaluation("folds-2", "probe-musicnn", "grouped", done=False)
    app = page("training", view=TRAIN)
    (bar,) = app.get("progress")
    assert bar.proto.text == "5 of 10 folds done"
    assert bar.proto.value == 50


def test_a_stopped_run_says_why_and_can_be_resumed(
    own_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_training("mine", status=runs.STOPPED, epochs=3, error="The disk is full.")
    resumed: list[str] = []
    monkeypatch.setattr(jobs, "resume", lambda run: resumed.append(run.name))
    app = page("training", view=TRAIN)
    assert "The disk is full." in words(app)
    app.button("resume-mine").click().run()
    assert resumed == ["mine"]
    assert not app.exception


def test_a_run_leads_to_its_curves(own_models: Path) -> None:
    write_training("a")
    write_training("b")
    app = page("training", view=TRAIN)
    app.button("curves-b").click().run()
    assert runs_chosen(app).value == ["Original 1D CNN (b)"]
    assert frames(app)[0]["run"].tolist() == ["Original 1D CNN (b)"]


def test_trainings_can_be_switched_off(own_models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_training("mine", status=runs.STOPPED, epochs=3)
    monkeypatch.setenv("MMC_PAGE_TRAINING", "0")
    app = page("training", view=TRAIN)
    assert train_button(app).disabled
    assert "switched off" in words(app)
    assert {button.label for button in app.button} == {"Train", "Curves"}


@pytest.mark.slow
def test_a_training_is_begun_on_the_page_and_shown(own_models: Path) -> None:
    app = page("training", view=TRAIN)
    app.number_input("cnn1d-epochs").set_value(3).run()
    train_button(app).click().run()
    assert not app.exception
    (run,) = runs.all_runs()
    for _ in range(240):
        if not jobs.is_busy(runs.Run(run.path)):
            break
        time.sleep(0.5)
    assert runs.Run(run.path).status == runs.FINISHED, jobs.log_tail(run)
    app = page("training")
    assert frames(app)[0]["run"].tolist()[0] == catalogue.label(run)
    assert frames(app)[0]["epochs"].tolist()[0] == 3
