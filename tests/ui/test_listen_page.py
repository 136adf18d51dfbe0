"""The page to listen into a sound, as Streamlit runs it."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from mmc_core import datasets
from mmc_core.analysis import placement
from mmc_core.audio import load_audio
from mmc_core.datasets import DATASETS
from mmc_core.datasets.neighbours import library
from mmc_core.errors import AudioError
from mmc_core.features import description
from mmc_core.features.spectra import Spectra
from mmc_core.figures.clip import PANELS
from mmc_core.figures.style import mood_label
from mmc_core.moods import BY_NAME, NAMES
from mmc_core.settings import DATA
from mmc_core.ui.common import load, widgets
from mmc_core.ui.listen import display, piece, sources
from tests.support.pages import frame, page, words
from tests.support.sounds import encode, tone

pytestmark = pytest.mark.filterwarnings("ignore")  # Streamlit's own

LARGEST = 300_000  # bytes of one figure as it is sent


@pytest.fixture
def two_clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A mirror in which two clips of 4QAED, of different moods, have a sound: A4 and C5."""
    table = DATASETS["4qaed"].table().drop_duplicates("mood")
    names = table["clip"].tolist()[:2]
    folder = tmp_path / "mirror" / "4qaed"
    folder.mkdir(parents=True)
    for name, hz in zip(names, (440.0, 523.25), strict=True):
        (folder / f"{name}.ogg").write_bytes(encode(tone(30.0, 22_050, (hz,)), 22_050, "ogg"))
    monkeypatch.setenv("MMC_DATA_MIRROR", str(tmp_path / "mirror"))
    return names


@pytest.fixture
def no_mirror(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MMC_DATA_MIRROR", raising=False)


def mood_of(name: str) -> str:
    table = DATASETS["4qaed"].table()
    return str(table.loc[table["clip"] == name, "mood"].iloc[0])


def order_of(name: str) -> int:
    return DATASETS["4qaed"].table()["clip"].tolist().index(name)


def label_of(name: str) -> str:
    label = load.clip_label("4qaed", name)
    assert label.endswith(f" ({name})")
    return label


def drawn(app: AppTest) -> list[dict[str, object]]:
    """Specs of all figures, none of which is large."""
    specs = [chart.proto.spec for chart in app.get("plotly_chart")]
    assert all(len(spec) < LARGEST for spec in specs)
    return [json.loads(spec) for spec in specs]


# ---- which sound ------------------------------------------------------------------------------


def test_a_sample_is_drawn_told_and_placed(no_mirror: None) -> None:
    app = page("listen")
    assert app.button_group(key="source").value == sources.SAMPLE
    assert app.button_group(key="pictures").value == list(display.OPENING)
    file = str(app.selectbox(key="sample").value)
    assert len(drawn(app)) == 1
    text = words(app)
    audio = load_audio(DATA / "samples" / file)
    thirds = placement.thirds(datasets.get("4qaed").table())
    words_shown = description.sentences(description.facts(Spectra(audio.cut().y)), thirds)
    for name, panel in PANELS.items():
        assert (words_shown[name] in text) == (name in display.OPENING)
        assert (panel.reading in text) == (name in display.OPENING)
    assert len(display.OPENING) == 3
    assert len(app.get("audio")) == 1
    app.button_group(key="view").set_value("moods").run()
    assert placement.CAVEAT in words(app)
    assert "Compared with the clips of 4QAED, this part is **" in words(app)
    assert "Measured on the part shown, 0.0 to 25.5 s; Predict measures the whole song" in words(
        app
    )
    assert app.selectbox(key="beside").value == "4qaed"
    assert len(drawn(app)) == 2
    assert len(app.get("audio")) == 1


@pytest.mark.parametrize("which", [0, 1])
def test_a_link_opens_exactly_its_clip(two_clips: list[str], which: int) -> None:
    app = page("listen", dataset="4qaed", clip=two_clips[which])
    assert app.selectbox(key="clip").value == two_clips[which]
    assert sorted(app.selectbox(key="clip").options) == sorted(map(label_of, two_clips))
    text = words(app)
    name = widgets.escape_markdown(label_of(two_clips[which]))
    assert f"**{name}**, 4QAED, labelled {mood_label(BY_NAME[mood_of(two_clips[which])])}" in text
    assert re.search(r"predicted . \w+ \d+\s% while held out", text)
    assert f"The strongest pitch class is {'AC'[which]}," in text
    assert not app.warning


def test_a_link_opens_its_clip_whatever_was_chosen_before(two_clips: list[str]) -> None:
    one, other = two_clips
    app = page("listen", dataset="4qaed", clip=one)
    app.selectbox(key="mood").set_value(mood_of(one)).run()
    assert app.selectbox(key="clip").options == [label_of(one)]
    app.query_params.clear()
    app.query_params["dataset"], app.query_params["clip"] = "4qaed", other
    app.run()
    assert app.selectbox(key="clip").value == other
    assert app.selectbox(key="mood").value == sources.ANY_MOOD


def test_the_pages_own_address_opens_its_clip(two_clips: list[str]) -> None:
    app = page("listen", source="dataset", dataset="4qaed", clip=two_clips[1])
    assert app.selectbox(key="clip").value == two_clips[1]
    assert not app.warning


def test_a_clips_neighbours_are_listed_without_itself(two_clips: list[str]) -> None:
    app = page("listen", source="dataset", dataset="4qaed", clip=two_clips[0], view="similar")
    every = library(datasets.every().values())
    row = every.row("4qaed", two_clips[0])
    nearest = every.nearest(every.vectors[row], 10, but=row)
    (shown,) = (frame(each) for each in app.dataframe)
    assert set(shown["clip"]) == set(nearest["name"])
    assert "nearest clips" in words(app)


def test_a_neighbour_is_chosen_in_the_address_and_by_the_player(two_clips: list[str]) -> None:
    clip = {"source": "dataset", "dataset": "4qaed", "clip": two_clips[0], "view": "similar"}
    app = page("listen", **clip)
    every = library(datasets.every().values())
    row = every.row("4qaed", two_clips[0])
    nearest = every.nearest(every.vectors[row], 10, but=row)
    names = nearest["name"].tolist()
    assert f"**{widgets.escape_markdown(names[0])}**, " in words(app)
    app.button(key="neighbour-player-next").click().run()
    assert f"**{widgets.escape_markdown(names[1])}**, " in words(app)
    second = f"{nearest['dataset'][1]}:{nearest['clip'][1]}"
    assert app.query_params["neighbour"] == second
    assert f"**{widgets.escape_markdown(names[1])}**, " in words(
        page("listen", **clip, neighbour=second)
    )


def test_neighbours_that_can_be_heard_come_first(two_clips: list[str]) -> None:
    near = library(datasets.every().values())
    row = near.row("4qaed", two_clips[0])
    last = near.nearest(near.vectors[row], 10, but=row).iloc[-1]
    assert last["dataset"] == "4qaed"
    mirror = Path(os.environ["MMC_DATA_MIRROR"]) / "4qaed"
    (mirror / f"{last['clip']}.ogg").write_bytes((mirror / f"{two_clips[0]}.ogg").read_bytes())
    st.cache_resource.clear()
    app = page("listen", source="dataset", dataset="4qaed", clip=two_clips[0], view="similar")
    (shown,) = (frame(each) for each in app.dataframe)
    assert shown["clip"].iloc[0] == last["name"]
    assert shown["sound"].tolist() == ["yes", *["no"] * 9]
    assert len(app.get("audio")) == 2
    assert "Clips whose sound is on this machine come first." in words(app)


def test_the_next_clip_of_the_list_is_chosen_by_the_player(two_clips: list[str]) -> None:
    app = page("listen", dataset="4qaed")
    first, last = (str(each) for each in sorted(two_clips, key=order_of))
    assert app.selectbox(key="clip").value == first
    assert app.button(key="listen-player-previous").disabled
    app.button(key="listen-player-next").click().run()
    assert app.selectbox(key="clip").value == last
    assert app.button(key="listen-player-next").disabled


def test_neighbours_of_a_sample_are_found_on_request(no_mirror: None) -> None:
    app = page("listen", view="similar")
    assert not app.dataframe
    app.button(key="ask-similar").click().run()
    assert not app.exception and len(app.dataframe) == 1
    assert "Moods of the 10 nearest clips" in words(app)
    assert "Find it on the web: https://www.youtube.com/watch?v=" in words(app)
    (shown,) = (frame(each) for each in app.dataframe)
    assert set(shown["web"].str.partition("?")[0]) == {"https://www.youtube.com/watch"}


def test_moods_filter_clips(two_clips: list[str]) -> None:
    app = page("listen")
    assert app.button_group(key="source").value == sources.FROM_DATASET
    for name in two_clips:
        app.selectbox(key="mood").set_value(mood_of(name)).run()
        assert not app.exception
        assert app.selectbox(key="clip").options == [label_of(name)]
        assert f"**{widgets.escape_markdown(label_of(name))}**, 4QAED" in words(app)
    (without,) = [mood for mood in NAMES if mood not in map(mood_of, two_clips)][:1]
    app.selectbox(key="mood").set_value(without).run()
    assert f"audio of {without} clips is not on this machine" in app.info[0].value


def test_a_clip_without_a_sound_is_said(two_clips: list[str]) -> None:
    app = page("listen", dataset="4qaed", clip="MT-none")
    assert "Not here: clip “MT-none”," in app.warning[0].value
    assert app.selectbox(key="clip").value in two_clips
    app.run()
    assert app.warning  # until another one is chosen
    app.selectbox(key="clip").set_value(two_clips[1]).run()
    assert not app.warning


def test_a_dataset_that_is_not_here_is_said(two_clips: list[str]) -> None:
    app = page("listen", dataset="*None*", clip="x")
    assert r"Not here: dataset “\*None\*”," in app.warning[0].value
    assert len(drawn(app)) == 1


@pytest.mark.parametrize("dataset_id", DATASETS)
def test_a_dataset_without_audio_says_how_to_get_it(no_mirror: None, dataset_id: str) -> None:
    dataset = datasets.get(dataset_id)
    app = page("listen", source="dataset", dataset=dataset.id)
    assert f"The audio of {dataset.title} is not on this machine." in app.info[0].value
    assert widgets.escape_markdown(dataset.audio_advice) in app.info[0].value
    assert not drawn(app)


def test_one_of_many_clips_is_analysed_once(
    two_clips: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = DATASETS["4qaed"]
    sound = dataset.audio()[two_clips[0]]
    many = {f"clip {i}": sound for i in range(5000)}
    monkeypatch.setattr(load, "audio", lambda _: many)
    real = dataset.table()
    table = real.iloc[np.arange(len(many)) % len(real)].assign(clip=list(many))
    monkeypatch.setattr(load, "table", lambda _: table)
    app = page("listen", dataset="4qaed", clip="clip 4321")
    assert not app.exception
    assert app.selectbox(key="clip").value == "clip 4321"
    monkeypatch.setattr(piece, "load_audio", None)  # nothing is decoded again
    app.run()
    assert not app.exception


# ---- uploads ----------------------------------------------------------------------------------


@pytest.fixture
def uploading(no_mirror: None) -> AppTest:
    return page("listen", source="upload")


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    app.file_uploader[0].set_value([(name, content, "audio/mpeg")])
    app.run()
    assert not app.exception
    return app


def test_an_upload_is_drawn(uploading: AppTest) -> None:
    assert "are not saved" in uploading.info[0].value
    upload(uploading, "tone.mp3", encode(tone(3.0), 44_100, "mp3"))
    assert len(drawn(uploading)) == 1
    text = words(uploading)
    assert "The strongest pitch class is A," in text
    assert "The whole clip is shown (3.0 s)." in text


def test_an_upload_of_a_second_is_drawn(uploading: AppTest) -> None:
    upload(uploading, "a.wav", encode(tone(1.0), 44_100, "wav"))
    assert len(drawn(uploading)) == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"This is not a song. " * 100, "is not a sound file"),
        (b"", "is empty"),
        (encode(tone(0.2), 44_100, "wav"), "lasts 0.2"),
        (encode(np.zeros((44_100, 1), dtype=np.float32), 22_050, "wav"), "is silent"),
        (encode(tone(2.0), 44_100, "m4a")[:3000], "cannot be decoded"),
    ],
    ids=["text", "empty", "short", "silent", "cut"],
)
def test_a_bad_upload_says_why(uploading: AppTest, content: bytes, why: str) -> None:
    upload(uploading, "x *y*.mp3", content)
    (warning,) = uploading.warning
    assert why in warning.value
    assert r"x \*y\*.mp3" in warning.value
    assert not drawn(uploading)
    upload(uploading, "good.wav", encode(tone(2.0), 44_100, "wav"))
    assert not uploading.warning
    assert len(drawn(uploading)) == 1


def test_a_long_upload_is_refused(uploading: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MMC_PAGE_MAX_SECONDS", "2")
    upload(uploading, "long.wav", encode(tone(3.0), 44_100, "wav"))
    assert "lasts longer than 2 s" in uploading.warning[0].value


def test_names_are_shown_as_text(uploading: AppTest) -> None:
    upload(uploading, "<b>*x*</b> :red[y].wav", encode(tone(2.0), 44_100, "wav"))
    assert len(drawn(uploading)) == 1
    assert "<b>*x*" not in words(uploading)


def test_a_visitors_sound_is_not_kept() -> None:
    content = encode(tone(2.0), 44_100, "wav")
    analysed = piece._analysed.__wrapped__  # type: ignore[attr-defined]
    result = analysed("key", 0.0, sources.Sound("a.wav", content))
    saved = [result.pictures.time_s, *(p.cells for p in result.pictures.of.values())]
    assert all(array.base is None or array.base.nbytes < 10 * array.nbytes for array in saved)
    assert sum(array.nbytes for array in saved) < LARGEST
    with pytest.raises(AudioError):
        analysed("key", 0.0, sources.Sound("a.wav", b"x"))


# ---- what is shown ----------------------------------------------------------------------------


def test_the_beginning_can_be_chosen(two_clips: list[str]) -> None:
    app = page("listen", start="4.5")
    assert app.slider(key="start").value == 4.5
    assert app.slider(key="start").max == 4.5
    (first, *_) = drawn(app)
    axis = first["layout"]["xaxis"]["range"]  # type: ignore[index]
    assert axis[0] == pytest.approx(4.5, abs=0.05)
    assert axis[1] == pytest.approx(30.0, abs=0.1)
    app.slider(key="start").set_value(0.0).run()
    assert drawn(app)[0]["layout"]["xaxis"]["range"][0] < 0.05  # type: ignore[index]


def test_a_beginning_beyond_a_shorter_sound_goes_back_to_the_start(uploading: AppTest) -> None:
    upload(uploading, "a.wav", encode(tone(40.0, 8000), 8000, "wav"))
    uploading.slider(key="start").set_value(14.5).run()
    upload(uploading, "b.wav", encode(tone(30.0, 8000), 8000, "wav"))
    assert uploading.slider(key="start").value == 0.0


def test_pictures_are_chosen_in_the_address(no_mirror: None) -> None:
    app = page("listen", pictures=["chroma", "tempogram"])
    assert app.button_group(key="pictures").value == ["chroma", "tempogram"]
    assert "Chroma (% of the maximum), Tempogram" in app.get("plotly_chart")[0].proto.alt
    text = words(app)
    assert PANELS["chroma"].reading in text
    assert PANELS["waveform"].reading not in text
    app.button_group(key="pictures").set_value([]).run()
    assert "at least one picture" in app.info[0].value


def test_it_is_laid_beside_any_dataset(no_mirror: None) -> None:
    app = page("listen", view="moods")
    title = DATASETS["turkish"].title
    app.selectbox(key="beside").set_value("turkish").run()
    assert f"clips of {title}" in words(app)
    assert "Key clarity" not in app.selectbox(key="feature").options
    app.selectbox(key="feature").set_value("rms_mean").run()
    assert "RMS energy, mean is higher than in" in words(app)
    app.selectbox(key="beside").set_value("4qaed").run()
    app.selectbox(key="feature").set_value("key_clarity").run()
    assert "Key clarity is higher than in" in words(app)
    app.selectbox(key="beside").set_value("turkish").run()  # which does not know it
    assert not app.exception
    assert len(drawn(app)) == 2


def test_kinds_of_features_are_chosen(no_mirror: None) -> None:
    app = page("listen", groups="rhythm", view="moods")
    assert "in 1 features" in app.get("plotly_chart")[0].proto.alt
    app.button_group(key="groups").set_value([]).run()
    assert "at least one kind of feature" in app.info[0].value


def test_samples_are_read_once_and_names_again_when_their_file_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load.samples() is load.samples()
    path = tmp_path / "clips.parquet"
    monkeypatch.setattr(type(DATASETS["4qaed"]), "clips_path", path)
    for i, name in enumerate(("One", "Other")):
        pd.DataFrame({"clip": ["a"], "name": [name]}).to_parquet(path)
        os.utime(path, (i, i))
        assert load.clip_names("4qaed") == {"a": name}
        assert load.clip_names("emopia")
