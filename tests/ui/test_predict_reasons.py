"""The reasons for an answer on the Predict page, and the thread that finds them."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mmc_core import runs
from mmc_core._typing import Progress
from mmc_core.features.masking import Grid
from mmc_core.moods import NAMES
from mmc_core.prediction.contributions import Contributions
from mmc_core.prediction.occlusion import Occlusion, measured
from mmc_core.saved.study import Deletion, Fall
from mmc_core.ui.predict import reasons
from mmc_core.ui.predict.explainer import MAX_EXPLANATIONS, Explainer
from mmc_core.ui.predict.reasons import sound
from mmc_core.wording import percent
from tests.support.pages import component, page, words
from tests.support.probes import write_probe
from tests.support.sounds import encode, tone

SAMPLE = "joplin-entertainer"
PATIENCE_S = 120.0
MADE = Contributions("a mood", 0.5, 0.25, {}, 1)


@pytest.fixture
def patient_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reasons, "PATIENCE_S", PATIENCE_S)


def alts(app: AppTest) -> list[str]:
    return [plot.proto.alt for plot in app.get("plotly_chart")]


@pytest.mark.filterwarnings("ignore")
def test_the_song_lies_in_three_boxplots_which_are_no_reasons() -> None:
    assert not [alt for alt in alts(page("predict", sample=SAMPLE)) if alt.startswith("Boxplots")]
    app = page("predict", sample=SAMPLE, view="features")
    assert "they describe the song and are no reasons for the answer" in words(app)
    app = page("predict", sample=SAMPLE, model="1", view="features")
    boxes = [alt for alt in alts(app) if alt.startswith("Boxplots of ")]
    assert len(boxes) == 3
    assert all(f"{SAMPLE}.ogg: " in alt for alt in boxes)
    assert "times as common among" in words(app)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("patient_reasons")
def test_a_model_on_features_tells_what_each_kind_contributed() -> None:
    app = page("predict", song="upload", model="1")
    content = encode(tone(2.0), 44_100, "wav")
    app.file_uploader[0].set_value([("tone.wav", content, "audio/wav")]).run()
    app.button(key="explain").click().run()
    assert not app.exception
    (alt,) = [alt for alt in alts(app) if alt.startswith("What kinds of features contribute")]
    assert "Rhythm" in alt
    assert "Shapley values" in words(app)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("patient_reasons")
def test_a_probe_tells_which_regions_drove_it_and_lets_them_be_heard(own_models: Path) -> None:
    run = write_probe([0.4, 0.3, 0.2, 0.1], thresholds=[0.9] * 4)
    app = page("predict", song="upload")
    content = encode(tone(2.0), 44_100, "wav")
    app.file_uploader[0].set_value([("tone.wav", content, "audio/wav")]).run()
    app.button(key="explain").click().run()
    assert not app.exception
    assert any(alt.startswith("Which regions of tone.wav drive") for alt in alts(app))
    text = words(app)
    share = percent(0.4)
    assert (
        f"With only the marked regions, it gives {NAMES[0]} {share}; without them, {share}." in text
    )
    assert len(app.get("audio")) == 4  # the song, and three of the excerpt
    players = component(app, "player_cursor")["players"]
    assert players[0]["selector"] == ".st-key-song-player"
    assert len(players) == 4
    assert run.name not in measured()
    assert "Measured on" not in text


def test_what_was_measured_is_quoted_from_the_study(monkeypatch: pytest.MonkeyPatch) -> None:
    def by(marked: float, random: float) -> dict[str, Fall]:
        return {"marked": Fall(marked, (0.2, 0.3)), "random": Fall(random, (0.0, 0.1))}

    study = Deletion("a command", 100, 90, deleted=by(0.25, 0.06), kept=by(0.27, 0.32))
    monkeypatch.setattr(sound, "measured", lambda: {"a run": study})
    text = sound.faithfulness("a run")
    assert text
    assert "100 held-out clips" in text
    assert "falls by 0.25 (95 % interval 0.20 to 0.30)" in text
    assert "drawn at random, by 0.06" in text
    assert sound.faithfulness("another run") is None


@pytest.mark.parametrize(
    ("only", "without", "verdict"),
    [
        (0.41, 0.40, "**The marked regions carry the answer:**"),
        (0.41, 0.41, "**The marked regions are enough for the answer, but the rest"),
        (0.04, 0.26, "**The marked regions alone do not carry the answer.** It is lost without"),
        (0.04, 0.70, "**The marked regions do not carry the answer:** they are not enough"),
    ],
)
def test_it_is_said_whether_the_regions_carry_the_answer(
    only: float, without: float, verdict: str
) -> None:
    """An answer is lost below half of its probability, which is 81 % here."""
    grid = Grid(10.0)
    made = Occlusion(
        mood=NAMES[0],
        start_s=0.0,
        grid=grid,
        effects=np.zeros(grid.shape),
        top=np.zeros(grid.shape, dtype=bool),
        sounds={},
        probabilities={"original": 0.81, "only": only, "without": without},
        levels_db=np.zeros((128, 1), dtype=np.int8),
    )
    text = sound.in_words(made)
    assert text.startswith(verdict)
    assert text.endswith(
        f"the model gives {NAMES[0]} {percent(0.81)}. With only the marked regions, it gives "
        f"{NAMES[0]} {percent(only)}; without them, {percent(without)}."
    )


@pytest.mark.filterwarnings("ignore")
def test_a_vote_on_images_says_that_it_has_none(vote_models: runs.Run) -> None:
    app = page("predict", sample=SAMPLE, model="2")
    assert "not for networks on images" in words(app)
    assert "Votes of the three networks" in words(app)
    assert "explain" not in [button.key for button in app.button]


def test_an_explanation_is_made_once_and_kept() -> None:
    explainer = Explainer()
    explainer.ask("key", lambda progress: MADE)
    explainer.wait(PATIENCE_S)
    assert explainer.result("key") is MADE
    assert explainer.result("other") is None
    assert not explainer.is_busy("key")
    explainer.forget()
    assert explainer.result("key") is None


def test_what_is_cancelled_ends_at_its_next_step_and_is_not_kept() -> None:
    explainer, begun, go_on = Explainer(), Event(), Event()

    def explain(progress: Progress) -> Contributions:
        progress(1, 4)
        begun.set()
        go_on.wait(PATIENCE_S)
        progress(2, 4)
        return MADE

    explainer.ask("key", explain)
    assert begun.wait(PATIENCE_S)
    assert explainer.is_busy("key")
    assert explainer.progress() == 0.25
    explainer.cancel()
    assert not explainer.is_busy("key")
    go_on.set()
    explainer.wait(PATIENCE_S)
    assert explainer.result("key") is None


def test_a_failure_is_told_once() -> None:
    def fail(progress: Progress) -> Contributions:
        raise ValueError("broken")

    explainer = Explainer()
    explainer.ask("key", fail)
    explainer.wait(PATIENCE_S)
    with pytest.raises(ValueError, match="broken"):
        explainer.result("key")
    assert explainer.result("key") is None


def test_the_oldest_explanations_give_way() -> None:
    explainer = Explainer()
    for number in range(MAX_EXPLANATIONS + 1):
        explainer.ask(number, lambda progress: MADE)
        explainer.wait(PATIENCE_S)
    assert explainer.result(0) is None
    assert explainer.result(MAX_EXPLANATIONS) is MADE
