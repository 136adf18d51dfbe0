"""
Which dataset is easier
=======================

The same classifier, the same features and equally many clips of each mood: then accuracies of
datasets can be set side by side. The figures come from the saved comparison that
`mmc compare 4qaed turkish emopia` shows.
"""

import matplotlib.pyplot as plt
import numpy as np

import mmc_core as mmc

comparison = mmc.compare(["4qaed", "turkish", "emopia"])
titles = {id_: mmc.load_dataset(id_).title for id_ in comparison.datasets}

figure, axes = plt.subplots(figsize=(8, 3), layout="constrained")
for row, id_ in enumerate(reversed(comparison.easiest_first)):
    measure = comparison.separability[id_]["accuracy"]
    axes.hlines(row, 100 * measure.low, 100 * measure.high, color="#0072B2", linewidth=3)
    axes.plot(100 * measure.value, row, "o", color="#0072B2", markersize=9)
axes.axvline(25, color="black", linestyle="dashed", linewidth=1, label="Guessing")
axes.set_yticks(range(3), [titles[id_] for id_ in reversed(comparison.easiest_first)])
axes.set(xlabel="Accuracy on held-out clips (%), with 95 % intervals", xlim=(0, 100))
axes.legend(frameon=False)
plt.show()

# %%
# Easier is not the same as useful elsewhere. A model that was trained on one dataset (rows) and
# tested on another (columns) mostly does little better than guessing.

shares = comparison.transferred("logistic-regression")
ids = comparison.easiest_first
table = 100 * np.array([[shares[train, test].value for test in ids] for train in ids])

figure, axes = plt.subplots(figsize=(6.5, 4.5), layout="constrained")
axes.imshow(table, cmap="Blues", vmin=0, vmax=100)
for (i, j), value in np.ndenumerate(table):
    colour = "white" if value > 60 else "black"
    axes.text(j, i, f"{value:.0f} %", ha="center", va="center", color=colour)
axes.set_xticks(range(3), [titles[id_] for id_ in ids])
axes.set_yticks(range(3), [titles[id_] for id_ in ids])
axes.set(xlabel="Tested on", ylabel="Trained on")
plt.show()
