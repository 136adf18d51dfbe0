"""
A song over time
================

A song has no single mood. `mmc.predict` also answers for pieces of twelve seconds, every three
seconds: the probabilities of the four moods, stacked.
"""

import matplotlib.pyplot as plt
import numpy as np

import mmc_core as mmc

prediction = mmc.predict(mmc.sample("beethoven-moonlight"))
print(prediction)

# %%
# Each moment of the timeline has a start, an end and probabilities. Dashed lines are where the
# structure of the music changes.

middles = [(moment.start_s + moment.end_s) / 2 for moment in prediction.timeline]
shares = np.array([list(moment.probabilities.values()) for moment in prediction.timeline]).T

figure, axes = plt.subplots(figsize=(8, 4))
axes.stackplot(
    middles,
    shares,
    colors=[mood.colour for mood in mmc.MOODS],
    labels=[f"{mood.mark} {mood.name}" for mood in mmc.MOODS],
)
for change in prediction.changes:
    axes.axvline(change, color="black", linestyle="dashed", linewidth=1)
axes.set(xlabel="Time (s)", ylabel="Probability")
axes.set(xlim=(middles[0], middles[-1]), ylim=(0, 1))
axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4, frameon=False)
plt.show()
