"""Sound that is read piece by piece is the sound that is read whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mmc_core.audio import SR, Audio, load_audio, open_audio
from mmc_core.audio.loudness import levelled
from mmc_core.errors import AudioError, TooShort
from tests.support.sounds import encode, white_noise

NOISE = white_noise(25).y * np.float32(0.1)


@pytest.mark.parametrize("kind", ["wav", "mp3"])  # by libsndfile, and by FFmpeg apart
def test_a_sound_on_disk_is_the_one_in_memory(kind: str) -> None:
    content = encode(NOISE[:, None], SR, kind)
    whole, on_disk = load_audio(content, name="noise"), open_audio(content, name="noise")
    assert (on_disk.n_samples, on_disk.duration_s) == (len(whole.y), whole.duration_s)
    assert on_disk.name == whole.name == "noise"
    np.testing.assert_array_equal(np.concatenate(list(on_disk.blocks())), whole.y)
    for start_s, duration_s in ((0.0, 2.0), (3.3, 25.5), (24.9, 1.0), (30.0, 1.0)):
        cut = on_disk.cut(start_s, duration_s)
        np.testing.assert_array_equal(cut.y, whole.cut(start_s, duration_s).y)
        assert cut.y.flags.writeable


def test_its_file_is_closed_when_nothing_reads_it_any_more() -> None:
    on_disk = open_audio(encode(NOISE[:, None], SR, "wav"))
    file = on_disk.file
    assert not file.closed
    del on_disk
    assert file.closed


def test_what_cannot_be_used_is_refused_as_by_load_audio(tmp_path: Path) -> None:
    with pytest.raises(TooShort, match="at least 1 s"):
        open_audio(encode(NOISE[: SR // 2, None], SR, "wav"))
    with pytest.raises(AudioError, match="Check the path"):
        open_audio(tmp_path / "none.wav")


def test_levelled_sound_is_the_same_in_pieces() -> None:
    silence = np.zeros(12 * SR, dtype=np.float32)
    sound = levelled(Audio(np.concatenate([silence, NOISE, silence])))
    assert sound.start_s == pytest.approx(12.0, abs=0.01)
    assert sound.duration_s == pytest.approx(25.0, abs=0.02)
    whole = sound.samples(0, sound.n_samples)
    np.testing.assert_array_equal(np.concatenate(list(sound.blocks())), whole)
    np.testing.assert_array_equal(sound.cut(2.0, 3.0).y, whole[2 * SR : 5 * SR])
    assert len(sound.samples(sound.n_samples - 5, sound.n_samples + 5)) == 5  # no silence after it
