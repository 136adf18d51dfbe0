"""What pretrained networks hear: spectrograms, frames, pooling, the same of the same music."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from types import ModuleType

import librosa
import numpy as np
import onnxruntime
import pytest
import soxr

from mmc_core._typing import Float32, Floats
from mmc_core.audio import SR, Audio, load_audio
from mmc_core.audio.loudness import levelled
from mmc_core.audio.samples import sample
from mmc_core.errors import MissingNetwork, MMCError, UnknownName
from mmc_core.features import embeddings
from mmc_core.features.embeddings import Frames, Known, audioset, efficientat, embed, musicnn
from mmc_core.settings import data_mirror

# The first four tags of the first three seconds of "The Entertainer", as the authors' own code
# (musicnn 0.1.0 on TensorFlow, float32 spectrogram) gives them.
AUTHORS = [0.1091368, 0.03561983, 0.03243592, 0.04363949]


@pytest.fixture(scope="module")
def ragtime() -> Audio:
    return load_audio(sample("joplin-entertainer")).cut(duration_s=12.0)


def test_the_mel_spectrogram_of_musicnn_is_librosas() -> None:
    y = np.random.default_rng(1).normal(0, 0.1, 40_000).astype(np.float32)
    mel = librosa.feature.melspectrogram(y=y, sr=16_000, n_fft=512, hop_length=256, n_mels=96).T
    np.testing.assert_allclose(musicnn.mel_spectrogram(y), np.log10(1 + 10_000 * mel), rtol=1e-4)


def test_musicnn_tags_as_its_authors_code_does(ragtime: Audio) -> None:
    y = soxr.resample(ragtime.y, SR, 16_000)
    patch = musicnn.mel_spectrogram(y)[None, : musicnn.FRAMES]
    session = onnxruntime.InferenceSession(musicnn.path())
    (tags,) = session.run(["tags"], {"mel": patch})
    np.testing.assert_allclose(tags[0, :4], AUTHORS, rtol=2e-3)


def test_a_frame_is_the_mean_and_the_maximum_over_its_patch(ragtime: Audio) -> None:
    frames = embed(ragtime, "musicnn", start_s=2.0)
    mean, largest = np.split(frames.values, 2, axis=1)
    assert frames.values.shape == (5, 1506)
    assert (largest >= mean - 1e-6).all()  # channels that never respond are constant
    assert frames.start_s[0] == 2.0
    assert frames.start_s[-1] + frames.frame_s == pytest.approx(14.0, abs=0.05)


def test_sound_shorter_than_a_patch_is_repeated(ragtime: Audio) -> None:
    frames = embed(ragtime.cut(duration_s=1.0), "musicnn")
    assert frames.values.shape == (1, 1506)
    assert np.isfinite(frames.values).all()


@pytest.mark.parametrize("module", [musicnn, audioset])
@pytest.mark.parametrize("seconds", [59.9, 60.0, 60.001, 62.5, 130.0])
def test_long_sound_is_heard_in_stretches_as_in_one(
    module: ModuleType, seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    noise = np.random.default_rng(4).normal(0, 0.1, round(seconds * SR)).astype(np.float32)

    def patches() -> tuple[list[int], Float32]:
        spectrogram = embeddings._spectrogram(Audio(noise), module)
        starts, some = zip(
            *embeddings._patches(spectrogram, module.FRAMES, module.PATCH_HOP), strict=True
        )
        return list(starts), np.stack(some)

    starts, in_stretches = patches()
    monkeypatch.setattr(embeddings, "STRETCH_S", 1000)
    starts_in_one, in_one = patches()
    assert starts == starts_in_one
    assert starts[:3] == [0, module.PATCH_HOP, 2 * module.PATCH_HOP]
    np.testing.assert_allclose(in_stretches, in_one, atol=1e-3)


def test_pooled_is_the_mean_of_the_frames_whose_middle_is_within() -> None:
    frames = Frames(
        "musicnn", np.array([[0], [1], [4]], dtype=np.float32), np.array([0.0, 3.0, 6.0]), 3.0
    )
    assert frames.pooled() == pytest.approx([5 / 3])
    assert frames.pooled(0, 6) == pytest.approx([0.5])
    assert frames.pooled(6.1, 6.4) == pytest.approx([4])  # none within: the nearest


def test_neither_level_nor_silence_nor_what_is_above_8_khz_changes_what_is_heard(
    ragtime: Audio,
) -> None:
    def heard(y: Floats) -> Float32:
        sound = levelled(Audio(y.astype(np.float32)))
        return embed(sound, "musicnn", start_s=sound.start_s).pooled()

    before = heard(ragtime.y)
    spread = np.abs(before).mean()
    silence = np.zeros(5 * SR, dtype=np.float32)
    lower = soxr.resample(soxr.resample(ragtime.y, SR, 16_000), 16_000, SR).astype(np.float32)
    for y, tolerance in (
        (ragtime.y / 4, 3e-3),  # loudness is measured to 0.001 dB
        (np.concatenate([silence, ragtime.y]).astype(np.float32), 3e-3),
        (lower, 0.05),  # the filters of the resampler
    ):
        assert np.abs(heard(y) - before).mean() < tolerance * spread


def test_a_network_that_there_is_none_of_and_one_that_is_not_here(
    ragtime: Audio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMC_CACHE", str(tmp_path))
    with pytest.raises(UnknownName, match="expected musicnn or audioset"):
        embed(ragtime, "ears")
    assert not embeddings.is_here("audioset")
    with pytest.raises(MissingNetwork, match="models fetch audioset"):
        embed(ragtime, "audioset")


def test_kaldis_mel_bands_share_each_bin() -> None:
    filters = audioset.kaldi_mel_filters()
    assert filters.shape == (128, 513)
    centres = 700 * np.expm1(np.linspace(0, 1127 * np.log1p(15_000 / 700), 130) / 1127)
    hz = np.fft.rfftfreq(1024, 1 / 32_000)
    between = (hz >= centres[1]) & (hz <= centres[-2])
    np.testing.assert_allclose(filters[:, between].sum(axis=0), 1, atol=1e-12)
    assert not filters[:, hz >= 15_000].any()


def test_musicality_sets_music_against_all_else_but_singing() -> None:
    logits = np.full((1, 527), -20.0, dtype=np.float32)
    logits[0, audioset.MUSIC.start] = 3
    logits[0, 0] = 1  # speech
    logits[0, audioset.SINGING.start] = 9  # counts on neither side
    assert audioset.musicality(logits) == pytest.approx(2.0, abs=1e-6)
    assert audioset.likeliest(logits) == "speech"


def test_weights_that_name_anything_but_tensors_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("archive/data.pkl", pickle.dumps(Path("/")))
    with pytest.raises(MMCError, match="does not hold the weights"):
        efficientat.convert(path, tmp_path / "network.onnx")
    assert not (tmp_path / "network.onnx").exists()


def test_the_audioset_network_tells_music_from_noise(
    ragtime: Audio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror = data_mirror()
    weights = mirror / "efficientat" / "mn04_as_mAP_432.pt" if mirror else None
    if weights is None or not weights.exists():
        pytest.skip("needs the network's weights in MMC_DATA_MIRROR")
    monkeypatch.setenv("MMC_CACHE", str(tmp_path))
    efficientat.convert(weights, audioset.path())
    noise = Audio(np.random.default_rng(2).normal(0, 0.1, 12 * SR).astype(np.float32))
    music = embed(ragtime, "audioset")
    assert music.values.shape == (2, 512)
    assert music.kinds is not None
    assert music.kinds.mean(axis=0).argmax() == audioset.MUSIC.start  # the kind called music
    assert audioset.musicality(music.kinds) > 4
    other = embed(noise, "audioset").kinds
    assert other is not None
    assert audioset.musicality(other) < 0


def test_a_patch_that_hardly_differs_is_not_heard_again(
    ragtime: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor are others of that one compared with any but the first."""
    sound = levelled(ragtime.cut(0.0, 9.0))
    known = Known(tolerance=0.01)
    first = embed(sound, "musicnn", known=known)
    y = sound.samples(0, sound.n_samples)
    y[: 2 * SR] *= np.float32(0.5)  # in the first patch of four
    changed, exact = Audio(y), embed(Audio(y), "musicnn")
    heard = embed(changed, "musicnn", known=known)
    assert np.array_equal(heard.values[1:], first.values[1:])
    assert np.array_equal(heard.values[0], exact.values[0])
    assert not np.array_equal(heard.values[0], first.values[0])
    assert np.array_equal(embed(sound, "musicnn", known=known).values, first.values)
