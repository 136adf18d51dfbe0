"""
One feature by mood, in three datasets
======================================

A summary has what a boxplot needs: quartiles, whiskers and the mean, by feature and mood. So a
dataset whose clips may not be shared can be drawn all the same.
"""

import matplotlib.pyplot as plt

import mmc_core as mmc

feature = next(each for each in mmc.FEATURES if each.name == "rms_mean")
print(feature.meaning)

# %%
# A box holds the middle half of a mood's clips, the line in it is the median.

figure, panels = plt.subplots(1, 3, figsize=(9, 4), sharey=True, layout="constrained")
for axes, id_ in zip(panels, ("4qaed", "turkish", "emopia"), strict=True):
    dataset = mmc.load_dataset(id_)
    by_mood = dataset.summary().by_mood(feature.name)
    boxes = [
        {
            "label": f"{mood.mark}\n{mood.name}",
            "whislo": by_mood[mood.name].whisker_low,
            "q1": by_mood[mood.name].q1,
            "med": by_mood[mood.name].median,
            "q3": by_mood[mood.name].q3,
            "whishi": by_mood[mood.name].whisker_high,
        }
        for mood in mmc.MOODS
    ]
    drawn = axes.bxp(boxes, showfliers=False, patch_artist=True, widths=0.6)
    for box, median, mood in zip(drawn["boxes"], drawn["medians"], mmc.MOODS, strict=True):
        box.set_facecolor(mood.colour)
        median.set_color("black")
    axes.set_title(dataset.title)
panels[0].set_ylabel(feature.title)
plt.show()

# %%
# `mmc.plot` draws the same as the app does, as a boxplot or of another kind, to turn and zoom
# (Plotly), with the numbers and a sentence for who cannot see them.

summary = mmc.load_dataset("4qaed").summary()
figure = mmc.plot(feature, {"4QAED": summary.by_mood(feature.name)})
print(figure.alt.replace(". ", ".\n"))
