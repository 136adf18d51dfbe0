"""
From sound to features
======================

The features are means and variances over frames of pictures such as these. `mmc.Spectra` computes
each when it is asked for, with the values of librosa's functions of the same names.
"""

import matplotlib.pyplot as plt

import mmc_core as mmc

clip = mmc.load_audio(mmc.sample("joplin-entertainer")).cut()
spectra = mmc.Spectra(clip.y)

figure, (top, middle, bottom) = plt.subplots(
    3, figsize=(8, 7), sharex=True, layout="constrained", height_ratios=[2, 2, 1]
)
seconds = len(clip.y) / mmc.SR
placed = {"aspect": "auto", "origin": "lower"}
image = top.imshow(spectra.mel_db, extent=(0, seconds, 0, 128), **placed)
top.set(ylabel="Mel band", title="Mel spectrogram")
figure.colorbar(image, ax=top, label="dB")
place = (0, seconds, -0.5, 11.5)
image = middle.imshow(spectra.chroma, extent=place, cmap="magma", **placed)
middle.set(ylabel="Pitch class", title="Chroma")
middle.set_yticks(range(12), ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"])
figure.colorbar(image, ax=middle, label="Strength")
rms = spectra.rms.ravel()
bottom.plot([seconds * i / len(rms) for i in range(len(rms))], rms)
bottom.set(xlabel="Time (s)", ylabel="RMS", title="Loudness", ylim=(0, None))
plt.show()

# %%
# A row of the feature table sums the clip up.

row = mmc.extract_features(clip)
for name in ("tempo", "rms_mean", "centroid_mean"):
    feature = next(each for each in mmc.FEATURES if each.name == name)
    print(f"{feature.title}: {row[name]:.4g} {feature.unit}")
