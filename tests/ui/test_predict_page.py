"""The Predict page as Streamlit runs it, without a browser."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from mmc_core import runs
from mmc_core.audio import SR, Audio
from mmc_core.errors import ProcessEnded
from mmc_core.features.images import IMAGES
from mmc_core.moods import NAMES
from mmc_core.prediction import confidence
from mmc_core.prediction.result import Moment, Prediction, Window
from mmc_core.prediction.similar import similar
from mmc_core.prediction.song import predict
from mmc_core.runs import scoring
from mmc_core.runs.cards import accuracy_sentence
from mmc_core.ui.common import load
from mmc_core.ui.common.player import media_type
from mmc_core.ui.predict import models
from mmc_core.ui.predict.results import results_table
from mmc_core.ui.predict.visit import Result
from mmc_core.wording import percent
from tests.support.pages import component, frame, page, words
from tests.support.runs import SHIPPED
from tests.support.sounds import encode, tone
from tests.support.votes import always_say

TITLES = {sample["file"].removesuffix(".ogg"): sample["title"] for sample in load.samples()}

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own


def test_predict_answers_for_a_sample() -> None:
    text = words(page("predict", view="reliable"))
    assert "On held-out clips, answers this confident were right" in text
    assert accuracy_sentence(runs.find("best")) in text
    assert "Measured on 4QAED, 5 x 10 stratified folds; all clips of an artist" in text


def test_a_part_is_worked_out_once_it_is_opened() -> None:
    app = page("predict", sample="joplin-entertainer")
    assert not app.dataframe
    assert len(app.get("plotly_chart")) == 1  # the probabilities
    assert "Training data" not in words(app)
    app.button_group(key="view").set_value("features").run()
    assert not app.exception
    assert len(app.dataframe) == 1
    assert len(app.get("plotly_chart")) == 4
    assert "This song among clips of each mood" in words(app)
    assert "Measured over the whole song: the mean of 4 overlapping parts of 25.5 s" in words(app)
    assert "The tempo is the median of the parts, which are from 83 to 172 BPM" in words(app)
    assert app.query_params["view"] == "features"


def test_a_model_has_one_number_which_keeps_groups_whole() -> None:
    app = page("predict", view="reliable")
    options = app.selectbox(key="model").options
    accuracy = runs.find("best").scores.accuracy
    assert f"{accuracy:.3f}" == "0.745"  # as the README says
    assert options[0] == f"Best (recommended), {percent(accuracy)} on 4QAED"
    for role, title in (("1", "Model 1, 1D CNN on features"), ("2", "Model 2, vote of 2D CNNs")):
        scored = scoring.evaluation_of(runs.find(role))
        assert scored
        assert f"{title}, {percent(scored.scores.accuracy)} on 4QAED" in options
    others = [option.startswith("For other music: ") for option in options]
    assert others == sorted(others)
    assert sum(others) == 2  # of EMOPIA and of Turkish music
    assert options[-1].endswith("on Turkish Music Emotion")
    app.selectbox(key="model").set_value("turkish-cnn1d").run()
    scored = scoring.evaluation_of(runs.find("turkish-cnn1d"))
    assert scored
    assert accuracy_sentence(scored) in words(app)
    assert "For such music: Turkish folk, art and popular music" in words(app)


def test_how_long_a_song_takes_says_of_what_length() -> None:
    run = runs.find("best")
    seconds, song_s = runs.seconds_a_song(run.name) or (0.0, 0.0)
    assert song_s == 240
    assert f"{seconds:.1f} s for a song of 4 min, measured on two cores." in words(page("predict"))
    assert runs.seconds_a_song("another") is None


def test_predict_says_the_same_as_the_command_line(samples: list[Path]) -> None:
    from mmc_core.audio import load_audio

    app = page("predict")
    sample = app.selectbox(key="sample").value
    path = next(path for path in samples if path.stem == sample)
    expected = predict(load_audio(path), runs.find("best"))
    assert expected.probabilities and expected.mood
    share = percent(expected.probabilities[expected.mood])
    assert f"The model gives {expected.mood} {share}" in words(app)
    assert component(app, "song_over_time")["moments"]  # its numbers: below
    alt, *_ = [plot.proto.alt for plot in app.get("plotly_chart")]
    assert all(percent(share) in alt for share in expected.probabilities.values())


def test_the_other_model_answers_too() -> None:
    app = page("predict")
    app.selectbox(key="model").set_value("turkish-cnn1d").run()
    assert not app.exception
    assert "Original 1D CNN, trained on Turkish Music Emotion." in words(app)
    assert "The model gives" in words(app)


def test_each_sample_says_how_it_was_meant() -> None:
    labels = page("predict", model="1").selectbox(key="sample").options
    for sample, label in zip(load.samples(), labels, strict=True):
        assert label.startswith(f"{sample['title']}. Intended: ")
        assert sample["character"] in label


def test_the_page_opens_on_the_sample_that_is_clearest() -> None:
    app = page("predict")
    chosen = app.selectbox(key="sample").value
    heard = load.heard()[runs.find("best").name]
    intended = {each["file"].removesuffix(".ogg"): each["character"] for each in load.samples()}
    right = {name: share for name, (mood, share) in heard.items() if mood == intended[name]}
    assert chosen == max(right, key=right.__getitem__)


def test_what_is_heard_is_what_the_models_answer(samples: list[Path]) -> None:
    """Made again where it differs: python data/samples/heard.py."""
    assert set(load.heard()) >= set(runs.serving().values())
    path = samples[-1]
    here = {run.name for run in runs.servable()}  # "quick" needs a network that must be fetched
    for name in here & set(runs.serving().values()):
        prediction = predict(path, name)
        mood, probability = load.heard()[name][path.stem]
        assert prediction.mood == mood
        shares = prediction.probabilities or {}
        assert shares.get(mood or "", 0.0) == pytest.approx(probability, abs=0.01)


def answering(monkeypatch: pytest.MonkeyPatch, view: str = "why", **answer: Any) -> AppTest:
    """The page on which a model answers so, and a part of it that is open."""
    shares = dict(zip(NAMES, (0.4, 0.1, 0.15, 0.35), strict=True))
    made = Prediction(
        "song.ogg",
        "4qaed-cnn1d",
        60.0,
        "happy",
        shares,
        0.0,
        0.5,
        windows=[Window(0.0, 25.5, shares, {})],
        timeline=[Moment(0.0, 30.0, shares, 0.0, 0.5), Moment(30.0, 60.0, shares, 0.0, 0.5)],
    )
    prediction = replace(made, **answer)
    monkeypatch.setattr("mmc_core.jobs.song_work.predict", lambda *_: prediction)
    return page("predict", view=view)


def test_an_answer_may_be_two_moods(monkeypatch: pytest.MonkeyPatch) -> None:
    sets = {"mood_set": ["happy", "relaxed"], "model": "4qaed-probe-musicnn"}
    app = answering(monkeypatch, "reliable", changes=[30.0], **sets)
    assert "On 898 held-out clips of 4QAED, the moods that it named included" in words(app)
    assert "</span> happy or <span" in words(app)
    assert "relaxed</div>" in words(app)
    assert component(app, "song_over_time")["changes"] == [30.0]
    text = words(app).replace("\N{NO-BREAK SPACE}", " ")
    assert "The model gives happy 40 % and relaxed 35 %. It names each mood" in text
    assert "how low a probability must be for that differs by mood" in text


def test_a_model_that_abstains_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    app = answering(monkeypatch, mood=None, abstained=True, reason="It sounds like speech.")
    text = words(app)
    assert "I cannot tell" in text
    assert "It sounds like speech." in text
    assert "The model gives" not in text
    (bars,) = app.get("plotly_chart")
    assert "Probability (%), not used" in bars.proto.spec
    assert not [each for each in app.button if str(each.key).startswith("fetch-for")]


def test_an_unfamiliar_song_offers_the_network_that_tells_music(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for is_here, n in ((False, 1), (True, 0)):
        monkeypatch.setattr("mmc_core.ui.predict.fetch.is_here", lambda _, here=is_here: here)
        app = answering(monkeypatch, mood=None, abstained=True, reason=confidence.UNFAMILIAR)
        below = [each for each in app.button if each.key == "fetch-for-song-player"]
        assert len(below) == n


def near(monkeypatch: pytest.MonkeyPatch, nearest: pd.DataFrame) -> None:
    """Have these clips sound most like any song."""
    library = SimpleNamespace(nearest=lambda *_: nearest, clips=nearest, share=lambda _: 0.25)
    monkeypatch.setattr("mmc_core.ui.common.neighbours.clips", lambda: library)
    monkeypatch.setattr("mmc_core.ui.predict.similar.project", lambda value: value)
    monkeypatch.setattr(
        "mmc_core.ui.predict.worker.Worker.embedding", lambda *_: np.zeros(1, np.float32)
    )


def test_an_explanation_begins_with_what_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    moods = ["happy"] * 3 + ["sad"]
    nearest = pd.DataFrame(
        {
            "name": list("ABCD"),
            "dataset": "none",
            "mood": moods,
            "same_recording": [True] + 3 * [False],
        }
    )
    near(monkeypatch, nearest)
    text = words(answering(monkeypatch)).replace("\N{NO-BREAK SPACE}", " ")
    assert (
        "**2 of the 3 clips that sound most like it are happy**; of all 4 clips, 25 % are" in text
    )
    assert "it is not the model's reason" in text


def test_a_short_song_is_said_to_be_less_reliable_first(monkeypatch: pytest.MonkeyPatch) -> None:
    text = words(answering(monkeypatch, duration_s=3.0))
    assert text.index("Less reliable: the song lasts only 3.0 s") < text.index("The model gives")
    assert "Less reliable" not in words(answering(monkeypatch))


@pytest.mark.parametrize(
    ("abstains", "expected_text"),
    [
        (False, "does not hold for this one."),
        (True, "one of the few clips that sound unlike the rest."),
    ],
)
def test_a_recording_of_the_training_data_is_no_contradiction(
    monkeypatch: pytest.MonkeyPatch, *, abstains: bool, expected_text: str
) -> None:
    same = pd.DataFrame({"name": ["A: B"], "dataset": ["4qaed"], "same_recording": [True]})
    near(monkeypatch, same)
    answer = {"mood": None, "abstained": True, "reason": confidence.UNFAMILIAR} if abstains else {}
    app = answering(monkeypatch, "reliable", **answer)
    (info,) = app.info
    assert info.value.startswith("The model learned from this recording (A\\: B)")
    assert info.value.endswith(expected_text)
    text = words(app)
    assert "**Not measured for this recording:**" in text
    for disowned in ("answers this confident", "likeliest mood alone", "it answered **"):
        assert disowned not in text


def test_songs_that_browsers_do_not_play_have_no_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    assert component(answering(monkeypatch), "song_over_time")["player"] == ".st-key-song-player"
    app = answering(monkeypatch, file="song.wma")
    assert component(app, "song_over_time")["player"] is None
    assert "Browsers cannot play this type of file." in words(app)


def test_the_timeline_is_put_into_words(monkeypatch: pytest.MonkeyPatch) -> None:
    data = component(answering(monkeypatch), "song_over_time")
    assert data["alt"] == "Mood over time: happy from 0:00 to 1:00."
    assert data["stretches"] == [{"start_s": 0.0, "end_s": 60.0, "mood": "happy"}]


def test_clips_that_sound_like_the_song_are_listed(samples: list[Path]) -> None:
    app = page("predict", sample="joplin-entertainer", view="similar")
    text = words(app)
    path = next(path for path in samples if path.stem == "joplin-entertainer")
    clips, mood = similar(path), predict(path).mood
    n = int((clips["mood"] == mood).sum())
    assert f"**{n} of the 10 nearest clips {'is' if n == 1 else 'are'} {mood}**" in text
    assert "On 4QAED, 60" in text
    shown = frame(app.dataframe[0])
    assert shown["clip"].tolist() == clips["name"].tolist()
    assert shown["similarity"].to_numpy() == pytest.approx(clips["similarity"], abs=1e-3)


def test_a_model_that_hears_otherwise_offers_the_search() -> None:
    app = page("predict", model="1", sample="joplin-entertainer", view="similar")
    assert "of the 10 nearest clips" not in words(app)
    app.button(key="ask-similar").click().run()
    assert not app.exception
    assert "of the 10 nearest clips" in words(app)
    assert not [button for button in app.button if button.key == "ask-similar"]


def test_models_are_set_side_by_side_on_request() -> None:
    app = page("predict", sample="joplin-entertainer", view="models")
    assert "**Model 1:**" not in words(app)
    app.button(key="ask-models").click().run()
    assert not app.exception
    text = words(app)
    for title, role in (("Best", "best"), ("Model 1", "1"), ("Model 2", "2")):
        assert f"**{title}:**" in text
        scored = scoring.grouped(runs.find(role))
        assert scored
        accuracy = percent(scored.scores.accuracy)
        assert f"Accuracy on held-out clips: {accuracy}" in text
    assert "held-out clips" in text and ("models answer" in text or "models disagree" in text)


def shares_of(mood: str | None) -> Prediction:
    probabilities = {name: 0.61 if name == mood else 0.13 for name in NAMES}
    return Prediction("a", "b", 60.0, mood, probabilities)


def test_a_disagreement_is_said_with_its_record() -> None:
    happy, angry, sad, relaxed = NAMES
    held = {role: runs.find(role) for role in ("best", "1", "2")}
    differing = {"best": shares_of(relaxed), "1": shares_of(sad), "2": shares_of(relaxed)}
    first, *others = models.sentences(differing, held)
    assert first == (
        f"**The models disagree:** Best answers relaxed ({percent(0.61)}), Model 1 answers sad "
        f"({percent(0.61)}) and Model 2 answers relaxed ({percent(0.61)})."
    )
    (past,) = others
    assert "for which Best answered relaxed and Model 1 sad, Best was right" in past
    rare = {"best": shares_of(relaxed), "1": shares_of(angry)}
    assert "for which Best and Model 1 differed" in models.sentences(rare, held)[1]
    (agreed,) = models.sentences(dict.fromkeys(held, shares_of(happy)), held)
    assert agreed.startswith("**All 3 models answer happy.** On the ")
    for answers in (differing, dict.fromkeys(held, shares_of(happy))):
        text = " ".join(models.sentences(answers, held, has_learned=True))
        assert "learned from this recording" in text and "right " not in text.partition("**")[2]
    (alone,) = models.sentences({"best": shares_of(None), "1": shares_of(sad)}, held)
    assert "Best cannot tell and Model 1 answers sad" in alone


def test_an_address_that_names_something_else_is_told() -> None:
    app = page("predict", sample="no-such-song")
    assert "Not here: sample “no-such-song”" in app.warning[0].value
    app.run()
    assert app.warning
    assert app.selectbox(key="sample").value in TITLES
    app.selectbox(key="sample").select_index(2).run()
    assert not app.warning


def test_an_address_may_call_a_model_by_any_of_its_names() -> None:
    served = runs.serving()
    for name in ("1", served["1"]):
        app = page("predict", model=name)
        assert not app.warning
        chosen = app.selectbox(key="model").value
        assert chosen and runs.find(chosen).name == served["1"]


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, content, "audio/mpeg") for name, content in files])
    app.run()
    assert not app.exception
    return app


@pytest.fixture
def uploading() -> AppTest:
    return page("predict", song="upload")


def test_an_upload_is_answered(uploading: AppTest) -> None:
    upload(uploading, ("tone.mp3", encode(tone(3.0), 44_100, "mp3")))
    text = words(uploading)
    assert "**tone.mp3**" in text
    assert "I cannot tell" in text  # a tone is no music


def test_a_song_that_ended_its_process_can_be_tried_again(
    uploading: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(*_: Any) -> Prediction:
        raise ProcessEnded("tone.wav could not be analysed: its process has ended.")

    with monkeypatch.context() as patch:
        patch.setattr("mmc_core.jobs.song_work.predict", end)
        upload(uploading, ("tone.wav", encode(tone(2.0), 44_100, "wav")))
        assert "could not be analysed" in uploading.warning[0].value
        assert [each.value for each in uploading.info] == ["1 song has not been analysed."]
    next(each for each in uploading.button if each.label == "Try again").click().run()
    assert not uploading.warning
    assert "**tone.wav**" in words(uploading)


def test_bad_uploads_each_say_why_and_good_ones_are_answered(uploading: AppTest) -> None:
    upload(
        uploading,
        ("text.mp3", b"This is not a song. " * 100),
        ("empty.mp3", b""),
        ("blip.wav", encode(tone(0.2), 44_100, "wav")),
        ("silence.wav", encode(np.zeros((44_100, 1), dtype=np.float32), 22_050, "wav")),
        ("good.m4a", encode(tone(2.0), 44_100, "m4a")),
    )
    (warning,) = uploading.warning
    expected_text = warning.value.split("\n\n")
    assert len(expected_text) == 4
    for name, why in (
        ("text.mp3", "is not a sound file"),
        ("empty.mp3", "is empty"),
        ("blip.wav", "lasts 0.2"),
        ("silence.wav", "is silent"),
    ):
        assert any(name in sentence and why in sentence for sentence in expected_text), name
    assert "**good.m4a**" in words(uploading)
    table = frame(uploading.dataframe[0])
    assert len(table) == 5
    assert table["mood"].tolist()[:4] == ["no answer"] * 4
    assert "error" not in table  # it is said above
    assert table["model"].tolist() == ["Best (recommended)"] * 5


def test_what_was_said_stays_when_other_songs_come(uploading: AppTest) -> None:
    upload(uploading, ("first.wav", encode(tone(2.0), 44_100, "wav")))
    upload(uploading, ("second.wav", encode(tone(2.0, 48_000), 48_000, "wav")))
    assert "Earlier results (1)" in [each.label for each in uploading.expander]
    assert frame(uploading.dataframe[0])["file"].tolist() == ["first.wav"]
    assert "**Earlier result:**" not in words(uploading)
    uploading.selectbox(key="closer").select_index(1).run()
    assert "**Earlier result:** first.wav" in words(uploading)


def test_an_answer_that_is_left_after_a_bad_upload_is_called_earlier(uploading: AppTest) -> None:
    upload(uploading, ("good.wav", encode(tone(2.0), 44_100, "wav")))
    assert "**Earlier result:**" not in words(uploading)
    upload(uploading, ("bad.mp3", b"This is not a song."))
    assert "bad.mp3 is not" in uploading.warning[0].value
    assert "**Earlier result:** good.wav is no longer in the upload box." in words(uploading)
    upload(uploading, ("silence.wav", encode(np.zeros((44_100, 1), np.float32), 22_050, "wav")))
    (warning,) = uploading.warning
    assert "silence.wav" in warning.value and "bad.mp3" not in warning.value
    upload(uploading)  # nothing is left in the box, as after a reload
    assert not uploading.warning
    assert "**Earlier result:** good.wav" in words(uploading)


def test_each_song_that_comes_is_the_one_looked_at(uploading: AppTest) -> None:
    files = [
        (f"{name}.wav", encode(tone(seconds), 44_100, "wav"))
        for name, seconds in zip("abcde", range(2, 7), strict=True)
    ]
    for n in range(1, 4):  # one after the other, beside those that are there
        upload(uploading, *files[:n])
        assert f"**{files[n - 1][0]}**" in words(uploading)
        said = [toast.value for toast in uploading.toast]
        assert said == ([f"Now shown: {files[n - 1][0]}, which came last."] if n > 1 else [])
    upload(uploading, *files)  # two at once: the first of them stays
    assert "**d.wav**" in words(uploading)
    uploading.selectbox(key="closer").select_index(1).run()
    assert "**b.wav**" in words(uploading)
    for model in ("1", "best"):  # the same song by another model
        uploading.selectbox(key="model").set_value(model).run()
        chosen = uploading.selectbox(key="closer").value
        assert chosen is not None and chosen.endswith(runs.find(model).name)
        assert "**b.wav**" in words(uploading)


def test_two_songs_of_one_name_and_one_song_of_two_names(uploading: AppTest) -> None:
    one, other = (encode(tone(seconds), 44_100, "wav") for seconds in (2.0, 3.0))
    upload(
        uploading, ("a.wav", one), ("a.wav", other), ("b.wav", one), ("c.wav", b"x"), ("d", b"x")
    )
    table = frame(uploading.dataframe[0])
    assert table["file"].tolist() == ["a.wav", "a.wav", "b.wav", "c.wav", "d"]
    assert table["duration_s"].tolist()[:3] == [2.0, 3.0, 2.0]
    errors = uploading.warning[0].value.split("\n\n")
    assert ["c.wav is not" in error for error in errors] == [True, False]
    uploading.selectbox(key="closer").select_index(1).run()
    assert "**a.wav**, 3.0 s" in words(uploading)


def test_many_songs_are_all_answered(uploading: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mmc_core.ui.predict.worker.MAX_ANSWERS", 2)
    monkeypatch.setattr("mmc_core.ui.predict.visit.MAX_SONGS", 1)
    files = [(f"{i}.wav", encode(tone(1.0 + i / 10), 44_100, "wav")) for i in range(4)]
    upload(uploading, *files)
    assert len(frame(uploading.dataframe[0])) == 4
    upload(uploading, files[0])
    assert frame(uploading.dataframe[0])["file"].tolist() == ["3.wav"]  # the one still remembered


def test_two_models_of_one_dataset_can_be_told_apart(own_models: Path) -> None:
    for name in ("first", "second"):
        shutil.copytree(SHIPPED[0].path, own_models / name)
    app = page("predict")
    assert len(set(app.selectbox(key="model").options)) == 2
    app.selectbox(key="model").set_value("first").run()
    app.selectbox(key="sample").select_index(1).run()
    assert app.selectbox(key="model").value == "first"


def vote_page(answers: list[list[float]]) -> tuple[AppTest, str]:
    always_say(answers)
    app = page("predict")
    app.selectbox(key="model").set_value("2").run()
    assert not app.exception, app.exception
    return app, words(app)


@pytest.mark.parametrize(
    ("answers", "mood", "expected_text"),
    [
        ([[0.7, 0.1, 0.1, 0.1]] * 3, 0, "All three networks vote for **{0}**."),
        (
            [[0.7, 0.1, 0.1, 0.1], [0.2, 0.6, 0.1, 0.1], [0.1, 0.7, 0.1, 0.1]],
            1,
            "The three networks disagree: {0} (1) and {1} (2). The highest mean probability "
            "decides: **{1}**, 47\N{NO-BREAK SPACE}%.",
        ),
        (
            [[0.4, 0.3, 0.3, 0.0], [0.1, 0.5, 0.4, 0.0], [0.3, 0.0, 0.7, 0.0]],
            2,
            "{0} (1), {1} (1) and {2} (1). The highest mean probability decides: **{2}**, 47",
        ),
        (
            [[0.0, 0.55, 0.45, 0.0], [0.0, 0.55, 0.45, 0.0], [0.0, 0.1, 0.9, 0.0]],
            2,
            "{1} (2) and {2} (1). The highest mean probability decides: **{2}**, 60",
        ),
    ],
    ids=["unanimous", "two of three", "tie", "the surest"],
)
def test_the_votes_are_shown_with_how_they_were_decided(
    vote_models: runs.Run, answers: list[list[float]], mood: int, expected_text: str
) -> None:
    app, text = vote_page(answers)
    assert "Votes of the three networks" in text
    assert expected_text.format(*NAMES) in text
    share = np.mean(answers, axis=0)[mood]
    assert f"The model gives {NAMES[mood]} {percent(share)}." in text
    (alt,) = [plot.proto.alt for plot in app.get("plotly_chart") if "Votes" in plot.proto.alt]
    for kind, answer in zip(IMAGES.values(), answers, strict=True):
        assert f"{kind.title} {NAMES[int(np.argmax(answer))]} ({percent(max(answer))})" in alt


def test_one_network_has_no_votes(vote_models: runs.Run) -> None:
    app = page("predict")
    app.selectbox(key="model").set_value(vote_models.members()[0].name).run()
    assert not app.exception
    assert "Votes" not in words(app)


def test_models_are_called_what_they_are(vote_models: runs.Run) -> None:
    options = page("predict").selectbox(key="model").options
    assert options[0] == "Model 2, vote of 2D CNNs"  # it was not evaluated over folds
    assert "2D CNN on mel (tiny-mel): 4QAED" in options
    assert len(set(options)) == 4


def test_the_table_of_results_has_the_votes(vote_models: runs.Run) -> None:
    audio = Audio(np.random.default_rng(0).normal(0, 0.1, SR * 2).astype(np.float32), "noise.wav")
    both = [predict(audio, run) for run in (vote_models, vote_models.members()[0])]
    table = results_table([Result(prediction) for prediction in both])
    assert both[0].votes
    for vote in both[0].votes:
        assert table[f"vote_{vote.input}"].tolist()[0] == vote.mood
        assert table[f"vote_{vote.input}"].isna().tolist() == [False, True]


def test_names_are_shown_as_text(uploading: AppTest) -> None:
    name = "![](http://x/y.png) <b>*bold*</b> :red[x] $y$.wav"
    upload(uploading, (name, encode(tone(2.0), 44_100, "wav")))
    shown = r"\!\[\](http\://x/y.png) \<b\>\*bold\*\</b\> \:red\[x\] \$y\$.wav"
    assert f"**{shown}**" in "".join(str(element.value) for element in uploading.markdown)
    upload(uploading, (name, b"nothing"))
    assert shown in uploading.warning[0].value


@pytest.mark.parametrize(
    ("name", "type_of"),
    [
        ("a.mp3", "audio/mpeg"),
        ("a.OGG", "audio/ogg"),
        ("a", "audio/wav"),
        ("a.html", "audio/wav"),
        ("a.svg", "audio/wav"),
        ("a.mp4", "audio/wav"),
    ],
)
def test_a_played_file_is_told_to_be_sound(name: str, type_of: str) -> None:
    assert media_type(name) == type_of


def test_without_models_the_page_says_how_to_make_one(own_models: Path) -> None:
    assert "mmc train" in page("predict").warning[0].value
