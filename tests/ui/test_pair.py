"""Two songs side by side on Listen and on Predict, as Streamlit runs them."""

from __future__ import annotations

import io
import json
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mmc_core.figures.clip import PANELS
from mmc_core.jobs.song_work import SongFile
from mmc_core.moods import NAMES
from mmc_core.prediction.result import Prediction
from mmc_core.ui.common import load
from mmc_core.ui.predict import downloads
from mmc_core.ui.predict.visit import Result, sample
from tests.support.pages import page, words
from tests.support.sounds import encode, tone

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own

FILES = [song["file"] for song in load.samples()]
STEMS = [file.removesuffix(".ogg") for file in FILES]


@pytest.fixture(autouse=True)
def no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)


def alts(app: AppTest) -> list[str]:
    return [chart.proto.alt for chart in app.get("plotly_chart")]


# ---- Listen -----------------------------------------------------------------------------------


def test_two_samples_are_drawn_on_one_scale_and_compared() -> None:
    app = page("listen", second="on", sample=FILES[0], second_sample=FILES[1])
    assert app.selectbox(key="second-sample").value == FILES[1]
    assert len(app.get("audio")) == 2
    (pictures,) = alts(app)
    assert pictures.startswith("Pictures of A, ")
    assert all(PANELS[name].title in pictures for name in ("waveform", "chroma"))
    app.button_group(key="view").set_value("differences").run()
    (differences,) = alts(app)
    assert "in standard deviations of 4QAED" in differences
    assert "B is " in words(app)
    app.selectbox(key="beside").set_value("turkish").run()
    assert not app.exception
    assert "Turkish" in alts(app)[0]
    app.toggle(key="second").set_value(False).run()
    assert not app.exception
    assert len(app.get("audio")) == 1
    assert alts(app)[0].startswith("Pictures of ")


def test_one_song_twice_does_not_differ() -> None:
    app = page("listen", second="on", view="differences", sample=FILES[0], second_sample=FILES[0])
    assert "A and B are alike" in words(app)


def test_the_pictures_of_both_keep_their_words() -> None:
    app = page("listen", second="on", source="sample", pictures=["waveform"])
    assert words(app).count("Loudest at ") == 2
    assert "A: Loudest at " in words(app) and "B: Loudest at " in words(app)


def test_a_second_song_that_nobody_has_chosen_is_said_to_be_so() -> None:
    app = page("listen", second="on", source="sample")
    assert app.button_group(key="second-source").value == "sample"  # as the first is
    assert "The last of the list, to begin with." in words(app)
    app.selectbox(key="second-sample").select_index(1).run()
    assert "The last of the list, to begin with." not in words(app)


def test_a_second_song_has_a_beginning_and_words_of_its_own() -> None:
    app = page("listen", second="on", second_source="sample", second_start="3.5")
    assert app.slider(key="start").value == 0.0
    assert app.slider(key="second-start").value == 3.5
    app.button_group(key="pictures").set_value([]).run()
    assert "at least one picture" in app.info[0].value
    assert not alts(app)
    app.button_group(key="view").set_value("differences").run()
    assert len(alts(app)) == 1
    app.button_group(key="groups").set_value([]).run()
    assert "at least one kind of feature" in app.info[0].value


def test_a_second_song_that_cannot_be_used_says_why() -> None:
    app = page("listen", second="on", second_source="upload")
    assert "are not saved" in app.info[0].value
    app.file_uploader[0].set_value([("x.mp3", b"This is no song.", "audio/mpeg")]).run()
    assert "x.mp3 is not a sound file" in app.warning[0].value
    assert not alts(app)
    assert len(app.get("audio")) == 1


# ---- Predict ----------------------------------------------------------------------------------


def test_two_samples_are_answered_side_by_side() -> None:
    songs = {"sample": STEMS[0], "second_sample": STEMS[1]}
    app = page("predict", model="1", second="on", **songs)
    text = words(app)
    assert "Two songs side by side" in text
    assert text.index("**A: ") < text.index("B is ") < text.index("The model gives")
    assert "Their probabilities differ most for " in text
    assert len(alts(app)) == 3  # the rest is drawn once it is opened
    assert len(app.get("audio")) == 2
    app = page("predict", model="1", second="on", **songs, sounds="on", detail="on")
    probabilities, plane, timelines, differences, of_one, *_ = alts(app)
    assert f"A, {FILES[0]}: " in probabilities
    assert f"B, {FILES[1]}: " in probabilities
    assert "Plane of valence and arousal" in plane
    assert "A: " in timelines
    assert "B: " in timelines
    assert "standard deviations of 4QAED" in differences
    assert of_one.startswith(f"Probabilities of {FILES[0]}")
    assert len(app.get("audio")) == 3


def test_the_second_is_another_at_first_and_the_same_is_refused() -> None:
    app = page("predict", model="1", second="on")
    one, other = (app.selectbox(key=key).value for key in ("sample", "second-sample"))
    assert one != other
    app.selectbox(key="second-sample").set_value(one).run()
    assert "Choose two different songs" in app.info[0].value


def test_a_visitors_song_is_compared_with_a_sample_and_stays_out_of_the_address() -> None:
    app = page("predict", model="1", second="on", second_song="own")
    assert "Upload or record a song first" in app.info[0].value
    app.button_group(key="song").set_value("upload").run()
    app.file_uploader[0].set_value([("mine.wav", encode(tone(3.0), 44_100, "wav"), "audio/wav")])
    app.run()
    assert "Choose two different songs" in app.info[0].value
    app.button_group(key="song").set_value("sample").run()
    assert not app.exception
    assert "B, mine.wav: " in alts(app)[0]
    assert "mine" not in json.dumps(dict(app.query_params))


def test_a_second_song_with_an_error_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    app = page("predict", model="1", song="upload", second="on", second_sample=STEMS[0])
    app.file_uploader[0].set_value([("good.wav", encode(tone(3.0), 44_100, "wav"), "audio/wav")])
    app.run()
    assert "Two songs side by side" in words(app)
    app.file_uploader[0].set_value([("bad.wav", b"no song", "audio/wav")]).run()
    app.button_group(key="second-song").set_value("own").run()
    app.selectbox(key="second-own").select_index(1).run()
    assert any("bad.wav is not" in warning.value for warning in app.warning)
    assert not app.exception


# ---- results as files -------------------------------------------------------------------------


def results(*files: tuple[str, str | None]) -> list[Result]:
    shares = dict.fromkeys(NAMES, 0.25)
    return [
        Result(
            Prediction(name, "m", 60.0, mood, shares, i / 10, 0.0),
            SongFile(name, b"x"),
            f"{i}|{name}|m",
        )
        for i, (name, mood) in enumerate(files)
    ]


def test_results_as_json_are_what_the_command_line_prints() -> None:
    songs = results(("a.mp3", NAMES[0]), ("ü.mp3", None))
    text = downloads.results_json(songs)
    assert json.loads(text) == [each.prediction.to_json() for each in songs]
    assert "ü.mp3" in text


def test_playlists_are_of_the_visitors_songs_once_each() -> None:
    songs = results(("a.mp3", NAMES[0]), ("b.mp3", NAMES[1]))
    again = Result(songs[0].prediction, songs[0].song, "0|a.mp3|other")
    one_sample = Result(songs[0].prediction, sample(FILES[0]), "s|s|m")
    files = [each.file for each in downloads.songs_of([*songs, again, one_sample])]
    assert files == ["a.mp3", "b.mp3"]


def test_several_songs_have_a_playlist(monkeypatch: pytest.MonkeyPatch) -> None:
    app = page("predict", model="1", song="upload", view="files")
    files = [(f"{i}.wav", encode(tone(2.0 + i), 44_100, "wav"), "audio/wav") for i in range(2)]
    app.file_uploader[0].set_value([*files, ("no.wav", b"", "audio/wav")]).run()
    assert not app.exception
    labels = [button.proto.label for button in app.get("download_button")]
    assert "All results (JSON)" in labels
    assert "2 of 3 songs (M3U)" in labels
    app.selectbox(key="playlist").set_value(NAMES[0]).run()
    labels = [button.proto.label for button in app.get("download_button")]
    assert any(label.endswith(" of 3 songs (M3U)") for label in labels)


# ---- recording --------------------------------------------------------------------------------


class Recorded(io.BytesIO):
    """What Streamlit gives of a recording."""

    file_id = "one"


@pytest.fixture
def microphone(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is recorded next."""
    given = SimpleNamespace(content=None)

    def audio_input(label: str, **_: Any) -> Recorded | None:
        return None if given.content is None else Recorded(given.content)

    monkeypatch.setattr("mmc_core.ui.common.recording.st.audio_input", audio_input)
    return given


def test_a_recording_is_answered_like_an_upload(microphone: Any) -> None:
    app = page("predict", model="1", song="upload")
    assert "Recording" not in words(app)
    microphone.content = encode(tone(3.0), 44_100, "wav")
    app.run()
    assert not app.exception
    assert f"**Recording {datetime.now():%H}" in words(app)
    assert "3.0 s" in words(app)


@pytest.mark.parametrize(
    ("seconds", "level", "why"), [(0.3, 1.0, "lasts 0.3"), (2.0, 0.0, "is silent")]
)
def test_a_recording_that_cannot_be_used_says_why(
    microphone: Any, seconds: float, level: float, why: str
) -> None:
    microphone.content = encode(level * tone(seconds), 44_100, "wav")
    for app in (page("predict", model="1", song="upload"), page("listen", source="record")):
        assert why in app.warning[0].value
        assert "Recording" in app.warning[0].value


def test_a_recording_is_drawn_on_listen(microphone: Any) -> None:
    app = page("listen", source="record")
    assert "are not saved" in app.info[0].value
    microphone.content = encode(tone(4.5), 44_100, "wav")
    app.run()
    assert "The strongest pitch class is A," in words(app)
