"""The training page as Streamlit runs it, without a browser."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from streamlit.testing.v1 import AppTest

from mmc_core import files, runs
from mmc_core.errors import RunError
from mmc_core.features import embeddings
from mmc_core.figures import evaluation
from mmc_core.jobs import training as jobs
from mmc_core.moods import NAMES
from mmc_core.runs import catalogue, session, writing
from mmc_core.ui.training import details, run_list
from mmc_core.wording import percent
from tests.support.pages import frame, page, words
from tests.support.runs import write_evaluation, write_training

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own

NETWORKS = {"networks": ["audioset"]}
DETAILS, EVALUATIONS, TRAIN = "quality", "evaluations", "train"


def frames(app: AppTest) -> list[Any]:
    return [frame(element) for element in app.dataframe]


def runs_chosen(app: AppTest, dataset: str = "4qaed") -> Any:
    return app.multiselect(f"runs-{dataset}")


# ---- curves ---------------------------------------------------------------------------------


def test_one_opens_on_runs_that_may_be_compared(own_models: Path) -> None:
    write_training("mine", "dropout=0.5")
    write_training("other seed", "seed=2")  # another split
    write_training("second", "dropout=0.4")
    app = page("training")
    assert runs_chosen(app).value == ["Original 1D CNN (mine)", "Original 1D CNN (second)"]
    numbers, differing = frames(app)
    assert numbers["run"].tolist() == ["Original 1D CNN (mine)", "Original 1D CNN (second)"]
    assert numbers["epochs"].tolist() == [12, 12]
    assert numbers["best epoch"][0] == 5
    assert numbers["state"].tolist() == ["✓ finished", "✓ finished"]
    assert differing.loc["dropout"].tolist() == ["0.5", "0.4"]
    assert "Do not compare them" not in words(app)


def test_which_run_is_better_is_said(own_models: Path) -> None:
    for name in ("mine", "second"):
        write_training(name)
    text = words(page("training"))
    assert "**No clear difference in validation accuracy**" in text
    assert "**No clear difference in overfitting**" in text
    write_training("third", "seed=2")
    app = page("training")
    three = [label for label in runs_chosen(app).options if label.startswith("Original 1D")]
    runs_chosen(app).set_value(three).run()
    assert "validated on different clips" in words(app)


def test_the_originals_runs_are_shown_beside_ours_with_a_warning_when_asked_for(
    own_models: Path,
) -> None:
    write_training("mine", "dropout=0.5")
    app = page("training")
    both = ["Original 1D CNN (mine)", "Original system: 1D CNN, run 1"]
    runs_chosen(app).set_value(both).run()
    assert "Runs of two protocols" in app.warning[0].value
    ours, theirs, differing, cited = frames(app)
    assert ours["run"].tolist() == both[:1]
    assert theirs["run"].tolist() == both[1:]
    assert theirs["epochs"].tolist() == [80]
    assert theirs["state"].tolist() == ["published"]
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
    assert runs_chosen(app).value == ["Original 1D CNN (mine)"]
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
    old = {"status": "finished", "recipe": {"dataset": "4qaed"}}
    files.write_json(old, runs.new_run("old").path / "run.json")
    (write_training("torn").path / "history.csv").write_text(content)
    write_training("whole")
    app = page("training")
    runs_chosen(app).set_value(["Original 1D CNN (torn)", "Original 1D CNN (whole)"]).run()
    shown_text = [warning.value for warning in app.warning]
    assert any("'bad' cannot be opened" in text and "is no JSON" in text for text in shown_text)
    assert any(
        "'old' cannot be opened" in text and "lacks of, protocol" in text for text in shown_text
    )
    assert any("'torn' has no readable history.csv" in text for text in shown_text) == bool(content)
    assert frames(app)[0]["run"].tolist() == ["Original 1D CNN (whole)"]


# ---- model details --------------------------------------------------------------------------


def test_a_score_comes_with_protocol_interval_and_baselines(own_models: Path) -> None:
    run = write_training("mine")
    app = page("training", view=DETAILS)
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Accuracy"] == percent(0.9, 1)
    assert shown["Guessing the commonest mood in training"] == percent(0.25, 1)
    assert shown["Trained on shuffled labels"] == percent(0.25, 1)
    text = words(app)
    assert run.name in text
    assert "one hold-out split" in text
    assert "40 clips of 20 groups" in text
    (moods,) = (table for table in frames(app) if "recall" in table)
    assert moods["recall"].tolist() == [0.9] * 4


def test_one_begins_with_the_run_whose_curves_are_shown(own_models: Path) -> None:
    for name in ("a", "b"):
        write_training(name)
    app = page("training")
    runs_chosen(app).set_value(["Original 1D CNN (b)"]).run()
    app.button_group("view").set_value("quality").run()
    assert app.selectbox("run").value == "b"


def test_one_begins_with_the_run_that_answers_on_predict(own_models: Path) -> None:
    for name in ("a", "b", "c"):
        write_training(name)
    files.write_json({"best": "c"}, own_models / "serving.json")
    assert page("training", view=DETAILS).selectbox("run").value == "c"
    app = page("training")  # the runs shown at first are no choice
    app.button_group("view").set_value("quality").run()
    assert app.selectbox("run").value == "c"


def test_calibration_is_drawn_once_its_tab_is_open(own_models: Path) -> None:
    write_training("mine")
    assert "Calibration error" not in words(page("training", view=DETAILS))


def test_one_clip_of_a_cell_after_the_other_is_heard(own_models: Path) -> None:
    run = write_evaluation("judged", "svm", "grouped")
    true = NAMES[0]
    app = page("training", view=DETAILS, true=true, predicted=true)
    clips = evaluation.clips_of(run.predictions(), true, true)
    first, second = clips["clip"][:2]
    text = words(app)
    assert f"{first}**, labelled" in text
    assert "predicted" in text
    assert f"{100 * clips['probability'][0]:.0f}" in text
    assert app.button("cell-player-previous").disabled
    app.button("cell-player-next").click().run()
    assert f"{second}**, labelled" in words(app)
    assert app.query_params["clip"] == second
    app.button("cell-player-previous").click().run()
    assert f"{first}**, labelled" in words(app)
    # A link opens the clip that it names; of another cell, its first.
    linked = page("training", view=DETAILS, true=true, predicted=true, clip=second)
    assert f"{second}**, labelled" in words(linked)
    linked.selectbox("predicted").set_value(NAMES[1]).run()
    assert not linked.exception
    assert f"{true} 0**, labelled" in words(linked)


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


def test_what_is_confused_most_is_said_and_opened(own_models: Path) -> None:
    run = write_training("mine")
    predictions = run.predictions()
    sad = predictions["mood"] == "sad"
    predictions.loc[sad, "predicted"] = ["relaxed"] * 4 + ["sad"] * 6
    writing.write_predictions(run, predictions)
    app = page("training", view=DETAILS)
    assert (app.selectbox("true").value, app.selectbox("predicted").value) == ("sad", "relaxed")
    said = f"**Most often, sad music is taken for relaxed**: {percent(0.4)} of the predictions"
    assert said in words(app)
    assert "Clip 1 of 4 in this cell." in words(app)


def test_clips_that_were_held_out_often_are_counted_once(own_models: Path) -> None:
    write_evaluation("judged", "svm", "grouped", repeats=2)
    text = words(page("training", view=DETAILS))
    assert "Clip 1 of 1 in this cell. Together they were predicted so 2 times." in text
    assert "Each clip was held out 2 times" in text


def test_a_model_of_two_datasets_is_said_to_be_one_and_its_card_fits_the_page() -> None:
    app = page("training", view=DETAILS, run="4qaed-probe-both", more="Model card")
    text = words(app)
    assert "the final model is trained on all clips of 4QAED and EMOPIA" in text
    card = details._within_page(runs.load_run("4qaed-probe-both").card())
    assert "](../" not in card and "see `docs/honest_results.md`" in card
    assert card.startswith("**Kernel") and "\n### Performance" in card


def test_why_a_better_model_does_not_answer_is_said(
    own_models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, usual = write_training("here"), write_training("usual")
    writing.update_info(usual, recipe=usual.info.recipe | NETWORKS)
    monkeypatch.setattr(embeddings, "is_here", lambda name: False)
    files.write_json({"best": ["usual", "here"]}, own_models / "serving.json")
    text = words(page("training", view=DETAILS))
    assert here.name in text and "needs what is not on this machine: AudioSet" in text
    files.write_json({"best": "here"}, own_models / "serving.json")
    assert "not on this machine: AudioSet" not in words(page("training", view=DETAILS))


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
    protocol = app.button_group("protocol")
    assert protocol.options == ["Grouped, 10 folds", "Grouped, 5 folds", "Published, 10 folds"]
    assert protocol.value == "grouped-10"
    assert "(d, 5 of 10 folds done)" in words(app)
    assert app.get("plotly_chart")
    assert not frames(app)  # a figure or a table
    app.button_group("as").set_value("table").run()
    assert not app.get("plotly_chart")
    for name, run in (("grouped-10", "a"), ("grouped-5", "b"), ("published-10", "c")):
        app.button_group("protocol").set_value(name).run()
        (table,) = frames(app)
        assert table["run"].tolist() == [run]
    assert table[["accuracy", "clips", "repeats", "commonest mood"]].to_numpy().tolist() == [
        [0.9, 40, 2, 0.25]
    ]
    app.multiselect("architecture").set_value(["Ensemble"]).run()
    assert "No evaluation matches" in app.info[0].value
    assert "`mmc evaluate RECIPE --protocol grouped`" in app.info[0].value


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
    writing.update_info(evaluation, of=runs.OF_TRAINING)
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
    assert not app.text_input


def test_all_runs_are_listed_page_by_page(own_models: Path) -> None:
    for i in range(run_list.LISTED + 1):
        write_training(f"run-{i}", started=f"2026-01-0{i + 1}T00:00:00+00:00")
    app = page("training", view=TRAIN)
    assert "Trainings (7)" in [header.value for header in app.header]
    assert app.button("curves-run-6")
    with pytest.raises(KeyError):
        app.button("curves-run-0")
    app = page("training", view=TRAIN, runs_page="2")
    assert app.button("curves-run-0")
    with pytest.raises(KeyError):
        app.button("curves-run-6")


def test_a_run_gets_a_title_of_its_own(own_models: Path) -> None:
    run = write_training("mine")
    app = page("training", view=TRAIN)
    app.text_input("title-mine").set_value("With *stars*").run()
    app.button("save-title-mine").click().run()
    assert not app.exception
    assert "With \\*stars\\*" in words(app)
    assert runs.Run(run.path).title == "With *stars*"
    assert runs_chosen(page("training", runs_4qaed="mine")).value == ["With *stars* (mine)"]


def test_a_run_is_deleted_after_a_second_click(own_models: Path) -> None:
    write_training("mine")
    write_training("served")
    files.write_json({"1": "served"}, own_models / "serving.json")
    app = page("training", view=TRAIN)
    kept = app.button("ask-delete-served")
    assert kept.disabled and kept.help == "This run answers on Predict. It cannot be deleted."
    with pytest.raises(KeyError):
        app.button("delete-served")
    app.button("delete-mine").click().run()
    assert not app.exception
    assert [run.name for run in runs.all_runs()] == ["served"]


def test_a_shipped_run_has_no_menus() -> None:
    app = page("training", view=TRAIN)
    assert "· comes with the program" in words(app)
    assert not app.text_input
    assert "Delete permanently" not in {button.label for button in app.button}


def test_a_finished_run_leads_to_its_curves_while_another_is_trained(own_models: Path) -> None:
    write_training("done")
    live = write_training("live", status=runs.TRAINING, epochs=3)
    live.session.folder.mkdir(parents=True)
    with FileLock(live.session.folder / "lock"):
        for name in ("done", "live"):
            app = page("training", view=TRAIN)
            assert len(app.get("plotly_chart")) == 2  # of the one in training, in its card
            app.button(f"curves-{name}").click().run()
            assert runs_chosen(app).value == [f"Original 1D CNN ({name})"]


@pytest.mark.parametrize(
    ("phase", "state", "text"),
    [
        (session.SAVING, "▶ saving", "Epochs done; saving the network"),
        (session.SCORING, "▶ evaluating", "Epochs done; scoring the held-out clips"),
    ],
)
def test_what_comes_after_the_last_epoch_is_said(
    own_models: Path, phase: str, state: str, text: str
) -> None:
    run = write_training("live", status=runs.TRAINING)
    run.session.enter(phase)
    with FileLock(run.session.folder / "lock"):
        app = page("training", view=TRAIN)
        assert state in words(app)
        (bar,) = app.get("progress")
        assert bar.proto.text.startswith(text)
        assert app.button("stop-live").disabled


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
