"""
Which features tell the moods apart
===================================

Epsilon-squared is the share of a feature's variation, by ranks, that goes with the mood. It is 0
where the moods do not differ and 1 where the mood decides the feature.
"""

import matplotlib.pyplot as plt
import numpy as np

import mmc_core as mmc

effects = mmc.compare(["4qaed", "turkish"]).effects
titles = {feature.name: feature.title for feature in mmc.FEATURES}
largest = sorted(effects, key=lambda name: max(effects[name].values()))[-12:]

# %%
# The two datasets do not agree on which features matter.

figure, axes = plt.subplots(figsize=(8, 6), layout="constrained")
rows = np.arange(len(largest))
for id_, marker, colour in (("4qaed", "o", "#0072B2"), ("turkish", "X", "#D55E00")):
    values = [effects[name][id_] for name in largest]
    title = mmc.load_dataset(id_).title
    axes.plot(values, rows, marker, color=colour, markersize=9, label=title)
for row, name in zip(rows, largest, strict=True):
    axes.hlines(row, *sorted(effects[name].values()), color="grey", zorder=0)
axes.set_yticks(rows, [titles[name] for name in largest])
axes.set(xlabel="Epsilon-squared", xlim=(0, None))
axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
axes.grid(axis="x", alpha=0.3)
plt.show()
