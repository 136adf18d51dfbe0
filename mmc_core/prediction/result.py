"""What a model answers for a song, and how that is printed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from mmc_core.features.titles import input_title
from mmc_core.language import _
from mmc_core.moods import MOODS
from mmc_core.wording import listed, rendered

BAR = 20  # characters of a bar that is full

Features = dict[str, float | str]


@dataclass(frozen=True)
class Window:
    """One piece of a song: what the model answers for it, and what it sounds like.

    Parameters
    ----------
    start_s, end_s : float
        Where it begins and ends in the song, in seconds.
    probabilities : dict
        Of the four moods, by name.
    features : dict
        By the names of `mmc_core.features.schema`: numbers, and categories as text.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> first = mmc.predict(mmc.sample("beethoven-moonlight")).windows[0]
    >>> round(first.start_s, 1), round(first.end_s, 1), "tempo" in first.features
    (0.0, 25.5, True)
    """

    start_s: float
    end_s: float
    probabilities: dict[str, float]
    features: Features


@dataclass(frozen=True)
class Vote:
    """What one network of a vote answers for a whole song.

    Parameters
    ----------
    input : str
        What it heard: "features", or the kind of image, "spectrogram", "mfcc" or "mel".
    mood : str
        Its likeliest mood.
    probabilities : dict
        Of the four moods, by name: the mean over the windows.
    """

    input: str
    mood: str
    probabilities: dict[str, float]

    @property
    def title(self) -> str:
        """What the network heard, for people."""
        return input_title(self.input)


@dataclass(frozen=True)
class Moment:
    """A stretch of a song as it is drawn over time.

    Parameters
    ----------
    start_s, end_s : float
        Where it begins and ends in the song, in seconds. Moments may overlap.
    probabilities : dict
        Of the four moods, by name.
    arousal, valence : float
        From -1 to 1.

    Examples
    --------
    >>> shares = {"happy": 0.5, "angry": 0.2, "sad": 0.1, "relaxed": 0.2}
    >>> Moment(0.0, 3.0, shares, arousal=0.4, valence=0.4).end_s
    3.0
    """

    start_s: float
    end_s: float
    probabilities: dict[str, float]
    arousal: float
    valence: float


@dataclass(frozen=True, repr=False)
class Prediction:
    """What a model answers for one song; it prints as a small chart.

    Parameters
    ----------
    file : str
        Name of the song's file.
    model : str
        Name of the run that answered.
    duration_s : float or None
        Length of the song, in seconds.
    mood : str or None
        The mood; None where there is an error.
    probabilities : dict or None
        Of the four moods, by name; they sum to 1. In a vote they are the networks' mean.
    arousal, valence : float or None
        From -1 to 1: probability of the positive half of the plane minus that of the other half.
    mood_set : list of str
        The 90 % prediction set, likeliest mood first: on held-out clips of the model's dataset it
        includes the right mood nine times out of ten. Empty where the model has no such set.
    abstained : bool
        Whether the model cannot tell the mood.
    reason : str or None
        Why the model abstains, or why to doubt the answer.
    windows : list of Window
        The windows of 25.5 s that the answer is the mean of, each with its features.
    timeline : list of Moment
        The song over time: the windows, or a finer course where the model has one.
    changes : list of float
        Where the structure of the music changes, in seconds.
    votes : list of Vote or None
        What each network of a vote answers; None where one network answers alone.
    notes : list of str
        What to know of how the file was read, in sentences.
    error : str or None
        Why the file cannot be used; then there is nothing else.

    See Also
    --------
    mmc_core.prediction.song.predict : What makes one.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> shares = {"happy": 0.5, "angry": 0.2, "sad": 0.1, "relaxed": 0.2}
    >>> mmc.Prediction("song.mp3", "4qaed-cnn1d", 30.0, "happy", shares)
    song.mp3: happy (30.0 s, model 4qaed-cnn1d)
      ● happy     50 %  ██████████
      ▲ angry     20 %  ████
      ■ sad       10 %  ██
      ◆ relaxed   20 %  ████
    """

    file: str
    model: str
    duration_s: float | None = None
    mood: str | None = None
    probabilities: dict[str, float] | None = None
    arousal: float | None = None
    valence: float | None = None
    mood_set: list[str] = field(default_factory=list)
    abstained: bool = False
    reason: str | None = None
    windows: list[Window] = field(default_factory=list)
    timeline: list[Moment] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    votes: list[Vote] | None = None
    notes: list[str] = field(default_factory=list)
    error: str | None = None

    @property
    def named(self) -> list[str]:
        """The moods that the answer names, likeliest first; none where it cannot be told."""
        return [] if self.mood is None else self.mood_set or [self.mood]

    @property
    def answer(self) -> str:
        """The mood in words: "happy", "happy or relaxed", or that it cannot be told.

        On a page, in the language of whoever reads.
        """
        if self.abstained:
            return _("I cannot tell")
        return listed((_(name) for name in self.mood_set or [str(self.mood)]), "or")

    def to_json(self, *, timeline: bool = False) -> dict[str, Any]:
        """The public form, as `predict --json` prints it; see `docs/interfaces.md`.

        Parameters
        ----------
        timeline : bool, optional
            Whether `timeline` and `changes` are in it.

        Returns
        -------
        dict
            Of texts, numbers, lists and None.
        """
        return {
            "file": self.file,
            "duration_s": self.duration_s,
            "model": self.model,
            "mood": self.mood,
            "probabilities": self.probabilities,
            "arousal": self.arousal,
            "valence": self.valence,
            "mood_set": self.mood_set,
            "abstained": self.abstained,
            "reason": self.reason,
            "windows": [
                {"start_s": w.start_s, "end_s": w.end_s, "probabilities": w.probabilities}
                for w in self.windows
            ],
            "votes": None if self.votes is None else [asdict(vote) for vote in self.votes],
            **(
                {"timeline": [asdict(each) for each in self.timeline], "changes": self.changes}
                if timeline
                else {}
            ),
            "notes": self.notes,
            "error": self.error,
        }

    def __repr__(self) -> str:
        if self.probabilities is None:
            return f"{self.file}: {self.error}"
        lines = [f"{self.file}: {self.answer} ({self.duration_s:.1f} s, model {self.model})"]
        for mood in MOODS:
            share = self.probabilities[mood.name]
            bar = "█" * round(BAR * share)
            lines.append(f"  {mood.mark} {mood.name:<8}{100 * share:>4.0f} %  {bar}".rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """What a notebook shows: a table with a bar for each mood."""
        return rendered(__package__, "prediction.html", prediction=self, moods=MOODS)
