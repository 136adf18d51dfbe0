"""
What a model confuses
=====================

A saved evaluation has the predictions for clips that were held out. The confusion matrix shows
which moods are taken for which.
"""

import matplotlib.pyplot as plt
import numpy as np

import mmc_core as mmc

run = mmc.load_run("4qaed-probe-both-grouped-10")
low, high = run.scores.interval
print(f"{run.title}\naccuracy {run.scores.accuracy:.3f} ({low:.3f} to {high:.3f})")

# %%
# Arousal is heard well: hardly any angry clip is taken for a sad one. Valence is harder: sad and
# relaxed, both calm, are confused most.

counts = np.array(run.scores.confusion.true_by_predicted)
shares = 100 * counts / counts.sum(axis=1, keepdims=True)
names = [f"{mood.mark} {mood.name}" for mood in mmc.MOODS]

figure, axes = plt.subplots(figsize=(6, 5), layout="constrained")
axes.imshow(shares, cmap="Blues", vmin=0, vmax=100)
for (i, j), share in np.ndenumerate(shares):
    colour = "white" if share > 60 else "black"
    axes.text(j, i, f"{share:.0f} %", ha="center", va="center", color=colour)
axes.set_xticks(range(4), names)
axes.set_yticks(range(4), names)
axes.set(xlabel="Predicted mood", ylabel="Mood by the dataset")
plt.show()
