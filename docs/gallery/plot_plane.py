"""
Songs on the plane of arousal and valence
=========================================

The four moods are the quadrants of a plane: up is energetic, right is pleasant. The place of a song
is the mean over its probabilities (`mmc.arousal_valence`). Here are the sample songs.
"""

import matplotlib.pyplot as plt

import mmc_core as mmc

predictions = {name: mmc.predict(mmc.sample(name)) for name in mmc.list_samples()}

figure, axes = plt.subplots(figsize=(7, 6.5))
for mood in mmc.MOODS:
    corner = (min(0, mood.valence), min(0, mood.arousal))
    axes.add_patch(plt.Rectangle(corner, 1, 1, color=mood.colour, alpha=0.15, linewidth=0))
    place = (mood.valence / 2, mood.arousal / 2)
    axes.annotate(f"{mood.mark} {mood.name}", place, ha="center", fontsize=16, color="grey")
for name, prediction in predictions.items():
    axes.plot(prediction.valence, prediction.arousal, "o", color="black")
    axes.annotate(
        name.replace("-", " "),
        (prediction.valence, prediction.arousal),
        xytext=(0, 8),
        textcoords="offset points",
        ha="center" if abs(prediction.valence) < 0.5 else "right",
        fontsize=9,
    )
axes.set(xlabel="Valence: unpleasant to pleasant", ylabel="Arousal: calm to energetic")
axes.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), xticks=[-1, 0, 1], yticks=[-1, 0, 1])
plt.show()

# %%
# Where the model cannot tell two moods apart, the song lies near an axis, and its 90 % prediction
# set has more than one mood.

for name, prediction in predictions.items():
    print(f"{name:24} {' or '.join(prediction.mood_set)}")
