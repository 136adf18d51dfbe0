"""Pictures of sounds whose look is known, and what is said of them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mmc_core import datasets
from mmc_core._typing import Float32
from mmc_core.analysis import placement
from mmc_core.audio import CLIP_S, SR, load_audio
from mmc_core.features.description import THIRDS, Facts, facts, sentences
from mmc_core.features.display import MAX_COLUMNS, Pictures, dbfs, pictures
from mmc_core.features.scalars import PITCH_CLASSES, describe_spectra
from mmc_core.features.schema import BY_NAME
from mmc_core.features.spectra import Spectra, lag_bpm
from mmc_core.features.transforms import HOP_LENGTH
from mmc_core.figures import clip as figures

OF_TABLE = {"key_clarity": (0.602, 0.763), "mfcc_2": (89.3, 122.6)}  # of 4QAED
LARGEST = 300_000  # bytes of one figure as it is sent


def sine(hz: float, amplitude: float = 0.5, duration_s: float = CLIP_S) -> Float32:
    at = np.arange(round(duration_s * SR)) / SR
    return (amplitude * np.sin(2 * np.pi * hz * at)).astype(np.float32)


def clicks(bpm: float, duration_s: float = CLIP_S) -> Float32:
    """Short bursts of noise on every beat."""
    y = np.zeros(round(duration_s * SR), dtype=np.float32)
    burst = np.random.default_rng(3).normal(0, 0.3, 500) * np.hanning(500)
    for start in np.arange(0, len(y) - 500, 60 * SR / bpm).astype(int):
        y[start : start + 500] = burst
    return y


def noise(duration_s: float = CLIP_S) -> Float32:
    return np.random.default_rng(5).normal(0, 0.2, round(duration_s * SR)).astype(np.float32)


def inner(picture: np.ndarray) -> np.ndarray:
    """Without the columns that reach over an end."""
    return picture[:, 3:-3]


@pytest.mark.slow
def test_thirds_are_those_of_4qaed(mirror: Path) -> None:
    """Every twelfth clip; to a twentieth, since not every clip's audio need be the same."""
    table = datasets.get("4qaed").table()
    result = [
        facts(Spectra(load_audio(mirror / "4qaed" / "audio" / f"{clip}.ogg").cut().y))
        for clip in table["clip"].iloc[::12]
    ]
    for name, thirds in THIRDS.items():
        values = [getattr(one, name) for one in result]
        again = np.percentile(values, [100 / 3, 200 / 3])
        assert again == pytest.approx(np.array(thirds), rel=0.05), name


def test_thirds_of_features_are_those_of_the_table() -> None:
    thirds = placement.thirds(datasets.get("4qaed").table())
    assert thirds.keys() == OF_TABLE.keys()
    for name, ends in OF_TABLE.items():
        assert thirds[name] == pytest.approx(ends, rel=0.001)


def test_rolloff_and_mel_levels_are_shown_as_they_are() -> None:
    """The original's roll-off goes by the level of the file, and its mel levels are doubled."""
    loud, quiet = (Spectra(noise() * level) for level in (np.float32(1), np.float32(0.01)))
    assert facts(quiet).rolloff_hz == pytest.approx(facts(loud).rolloff_hz, rel=1e-3)
    assert facts(quiet).rolloff_hz == pytest.approx(0.85 * SR / 2, rel=0.05)
    assert quiet.rolloff.mean() < 0.95 * loud.rolloff.mean()
    f = facts(loud)
    above_floor = (loud.mel_db - loud.mel_db.max()).min() > -40
    assert above_floor
    assert f.mel_doubled == pytest.approx(2 * f.mel_db, abs=0.01)
    assert BY_NAME["mel_mean"].unit == "2 × dB"
    assert "Half of it is the level" in BY_NAME["mel_mean"].meaning


# ---- pictures ---------------------------------------------------------------------------------


def test_a_sine_is_one_row_at_its_level() -> None:
    result = pictures(Spectra(sine(1000)))
    spectrogram = result.of["spectrogram"]
    loudest = inner(spectrogram.cells).argmax(axis=0)
    assert len(set(loudest)) == 1
    step = spectrogram.scale[1] - spectrogram.scale[0]
    assert abs(spectrogram.scale[loudest[0]] - 1000) <= step / 2 + SR / 2048 / 2
    # Half scale is -6 dBFS; between two bins a Hann window loses up to 1.4 dB.
    assert -8 <= inner(spectrogram.cells).max() <= -6
    mel = result.of["mel"]
    assert abs(mel.scale[inner(mel.cells).argmax(axis=0)[0]] - 1000) < 60


def test_a_full_sine_on_a_bin_is_0_dbfs() -> None:
    spectrogram = pictures(Spectra(sine(100 * SR / 2048, amplitude=1.0))).of["spectrogram"]
    assert inner(spectrogram.cells).max() == 0


@pytest.mark.parametrize("bpm", [90.0, 120.0, 161.5])
def test_clicks_have_a_line_at_their_tempo(bpm: float) -> None:
    s = Spectra(clicks(bpm))
    tempogram = pictures(s).of["tempogram"]
    near = np.abs(np.log2(tempogram.scale / bpm)) < 0.4  # not half nor double of it
    strongest = tempogram.scale[near][tempogram.cells[near].mean(axis=1).argmax()]
    lag = 60 * SR / HOP_LENGTH / bpm
    assert abs(60 * SR / HOP_LENGTH / strongest - lag) <= 0.5
    shown = sentences(facts(s), OF_TABLE)["tempogram"]
    assert "a clear pulse" in shown


def test_a4_is_an_a() -> None:
    s = Spectra(sine(440))
    chroma = pictures(s).of["chroma"]
    assert chroma.rows == PITCH_CLASSES
    assert (chroma.cells[PITCH_CLASSES.index("A")] == 100).all()
    assert facts(s).pitch_class == "A"


def test_silence_at_both_ends_is_where_it_is() -> None:
    y = noise(6.0)
    y[: 2 * SR] = 0
    y[4 * SR :] = 0
    result = pictures(Spectra(y), start_s=10.0)
    low, high = result.of["waveform"].cells
    sounds = (low < 0) & (high > 0)
    assert result.time_s[sounds][0] == pytest.approx(12.0, abs=result.step_s)
    assert result.time_s[sounds][-1] == pytest.approx(14.0, abs=result.step_s)
    (rms,) = result.of["rms"].cells
    silent = np.abs(result.time_s - 13) > 1.1
    assert np.allclose(rms[silent], -120)
    assert (rms[np.abs(result.time_s - 13) < 0.9] > -20).all()
    assert 12 <= facts(Spectra(y), start_s=10.0).loudest_s <= 14


def test_the_waveform_holds_every_extreme() -> None:
    y = np.zeros(round(CLIP_S * SR), dtype=np.float32)
    at = round(7.3 * SR)
    y[at], y[at + SR] = 0.9, -0.7
    result = pictures(Spectra(y))
    low, high = result.of["waveform"].cells
    assert high.max() == np.float32(0.9)
    assert low.min() == np.float32(-0.7)
    assert result.time_s[high.argmax()] == pytest.approx(7.3, abs=result.step_s)
    assert result.time_s[low.argmin()] == pytest.approx(8.3, abs=result.step_s)


def test_the_whole_tempogram_is_that_of_the_features() -> None:
    s = Spectra(clicks(100, 12.0))
    assert s.tempogram.shape == (344, len(s.onset_strength))
    np.testing.assert_allclose(s.mean_tempogram, s.tempogram.mean(axis=1), rtol=1e-9, atol=1e-12)
    assert np.abs(s.tempogram).max() <= 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # librosa's own
def test_the_tempogram_is_librosas(samples: list[Path]) -> None:
    import librosa

    y = load_audio(samples[0]).cut(5.0, 12.0).y
    theirs = librosa.feature.tempogram(y=y, sr=SR, win_length=344)
    bpm = librosa.tempo_frequencies(344, sr=SR)
    assert np.abs(Spectra(y).tempogram - theirs).max() < 1e-3
    assert np.allclose(lag_bpm()[1:], bpm[1:])


@pytest.mark.parametrize("duration_s", [1.0, 1.02, 3.7, 17.1, CLIP_S])
def test_sounds_of_every_length_are_drawn_whole(duration_s: float) -> None:
    y = noise(duration_s)
    result = pictures(Spectra(y), start_s=3.0)
    columns = len(result.time_s)
    assert columns <= MAX_COLUMNS
    assert all(picture.cells.shape[1] == columns for picture in result.of.values())
    assert all(len(p.rows) == len(p.scale) == len(p.cells) for p in result.of.values())
    assert all(np.isfinite(picture.cells).all() for picture in result.of.values())
    assert 3.0 <= result.time_s[0] < 3.0 + result.step_s
    assert result.time_s[-1] == pytest.approx(3.0 + duration_s, abs=result.step_s)
    drawn = figures.panels(result, list(figures.PANELS), "noise")
    assert len(drawn.plot.to_json()) < LARGEST


# ---- their figure -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def noisy() -> Pictures:
    return pictures(Spectra(noise()))


def test_all_pictures_share_one_axis_of_time_in_one_small_figure(noisy: Pictures) -> None:
    assert list(figures.PANELS) == list(noisy.of)
    drawn = figures.panels(noisy, list(figures.PANELS), "noise")
    assert len(drawn.plot.to_json()) < LARGEST
    axes = list(drawn.plot.select_xaxes())
    assert len(axes) == len(figures.PANELS)
    leader = {axis.matches for axis in axes} - {None}
    assert len(leader) == 1
    assert all(axis.title.text for axis in drawn.plot.select_yaxes())
    for trace in drawn.plot.data:
        if trace.type == "heatmap":
            assert trace.x0 == noisy.time_s[0]
            assert trace.dx == noisy.step_s


def test_the_figures_numbers_are_those_of_the_chosen_pictures(noisy: Pictures) -> None:
    data = figures.panels(noisy, ["chroma", "rms"], "noise").data
    assert list(data.columns) == [
        "time_s",
        *(f"chroma: {name}" for name in PITCH_CLASSES),
        "rms: RMS (dBFS)",
    ]
    assert len(data) == len(noisy.time_s)
    everything = figures.panels(noisy, list(figures.PANELS), "noise").data
    assert everything.columns.is_unique


def test_words_stand_beside_their_panels(noisy: Pictures) -> None:
    names = ["waveform", "mel", "rms"]
    plot = figures.panels(noisy, names, "noise").plot
    inside = plot.layout.height - plot.layout.margin.t - plot.layout.margin.b
    tops = [inside * (1 - axis.domain[1]) for axis in plot.select_yaxes()]
    heights = figures.row_heights(names)
    assert np.allclose(np.diff(tops), heights[:-1], atol=1)


def test_a_tempograms_rows_lie_between_their_lags(noisy: Pictures) -> None:
    (heat,) = figures.panels(noisy, ["tempogram"], "noise").plot.data
    rows = noisy.of["tempogram"].scale
    assert len(heat.y) == len(rows) + 1
    assert (np.diff(heat.y) > 0).all()
    assert (heat.y[:-1] < rows).all()
    assert (rows < heat.y[1:]).all()


# ---- words ------------------------------------------------------------------------------------

PLAIN = Facts(
    start_s=0.0,
    duration_s=25.5,
    rms_dbfs=-14.2,
    peak_dbfs=-0.5,
    loudest_s=12.3,
    loudest_dbfs=-9.1,
    quiet_dbfs=-20.0,
    loud_dbfs=-10.0,
    strongest_hz=110.0,
    rolloff_hz=4230.0,
    centroid_hz=1900.0,
    centroid_low_hz=800.0,
    centroid_high_hz=3100.0,
    half_energy_hz=250.0,
    most_energy_hz=2600.0,
    mel_db=-33.9,
    mel_doubled=-67.8,
    mfcc_2=150.0,
    pitch_class="A",
    pitch_share=0.21,
    second_pitch_class="E",
    tonic="A",
    mode="minor",
    key_clarity=0.91,
    harmonic_spread=0.1,
    tempo_bpm=120.2,
    tempo_clarity=0.4,
    zcr=0.1,
    onsets_per_s=3.0,
    strongest_onset_s=4.0,
    strongest_onset_db=12.0,
)


def test_every_picture_has_its_sentence() -> None:
    shown = sentences(PLAIN, OF_TABLE)
    assert list(shown) == list(figures.PANELS)
    for name, part in (
        ("waveform", "Loudest at 12.3 s, where the RMS is −9.1 dBFS"),
        ("waveform", "all shown is −14.2 dBFS"),
        ("spectrogram", "85 % of the magnitude is below 4.2 kHz"),
        ("spectrogram", "is 110 Hz"),
        ("mel", "below 250 Hz, 90 % of it below 2.6 kHz. The mean level is −33.9 dB."),
        ("mel", "in doubled dB: −67.8"),
        ("mfcc", "mean is 150 dB: dark"),
        ("chroma", "strongest pitch class is A, with 21 %"),
        ("chroma", "most likely A minor; clarity 0.91 of 1: clear"),
        ("tonnetz", "changes little"),
        ("tempogram", "tempo is most likely 120 BPM"),
        ("tempogram", "0.40 above the median of all tempos: a clear pulse"),
        ("rms", "range of 10 dB is small"),
        ("brightness", "centroid is 1.9 kHz; it is mostly between 800 Hz and 3.1 kHz"),
        ("zcr", "10.0 % of the samples change sign, as in a tone of 1.1 kHz"),
        ("onsets", "3.0 clear onsets per second (many, for popular music). The strongest is at 4"),
    ):
        assert part in shown[name].replace("\N{NO-BREAK SPACE}", " "), name


@pytest.mark.parametrize(
    ("change", "name", "shown"),
    [
        ({"peak_dbfs": 0.0}, "waveform", "may be distorted"),
        ({"mfcc_2": 110.0}, "mfcc", "neither dark nor bright"),
        ({"mfcc_2": -3.0}, "mfcc", "mean is −3 dB: bright"),
        ({"key_clarity": 0.5}, "chroma", ": unclear."),
        ({"key_clarity": 0.7}, "chroma", ": fairly clear."),
        ({"harmonic_spread": 0.4}, "tonnetz", "changes much"),
        ({"tempo_clarity": 0.05}, "tempogram", "a weak pulse"),
        ({"tempo_clarity": 0.2}, "tempogram", "a fairly clear pulse"),
        ({"loud_dbfs": -1.0}, "rms", "range of 19 dB is large"),
        ({"onsets_per_s": 0.2}, "onsets", "(few, for"),
        ({"strongest_onset_db": 0.1}, "onsets", "No onsets"),
        ({"strongest_onset_db": 0.1}, "tempogram", "No pulse"),
    ],
)
def test_other_numbers_are_told_otherwise(change: dict[str, Any], name: str, shown: str) -> None:
    assert shown in sentences(replace(PLAIN, **change), OF_TABLE)[name]
    assert shown not in sentences(PLAIN, OF_TABLE)[name]


def test_the_numbers_of_a_sine_are_known() -> None:
    f = facts(Spectra(sine(1000)))
    assert f.rms_dbfs == pytest.approx(20 * math.log10(0.5 / math.sqrt(2)), abs=0.01)
    assert f.peak_dbfs == pytest.approx(20 * math.log10(0.5), abs=0.01)
    assert f.strongest_hz == pytest.approx(1000, abs=SR / 2048)
    assert f.half_energy_hz == pytest.approx(1000, abs=2 * SR / 2048)
    assert f.zcr * SR / 2 == pytest.approx(1000, rel=0.02)
    assert f.span_db < 1
    assert f.pitch_class == "B"


def test_levels_have_a_floor() -> None:
    assert dbfs(np.array([1.0, 0.5, 0.0])).tolist() == pytest.approx([0, -6.0206, -120], abs=1e-3)


def test_the_numbers_are_the_features() -> None:
    s = Spectra(clicks(120) + sine(220, 0.1))
    row, f = describe_spectra(s), facts(s)
    assert (row["tempo"], row["tonic"], row["mode"]) == (f.tempo_bpm, f.tonic, f.mode)
    for name, value in (
        ("centroid_mean", f.centroid_hz),
        ("mel_mean", f.mel_doubled),
        ("zcr_mean", f.zcr),
        ("mfcc_mean_2", f.mfcc_2),
        ("key_clarity", f.key_clarity),
    ):
        assert row[name] == pytest.approx(value, rel=1e-6), name
