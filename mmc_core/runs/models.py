"""The runs that can predict, as a list to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from mmc_core.runs.registry import servable, serving
from mmc_core.runs.run import Run


@dataclass(frozen=True)
class Model:
    """A run that can predict.

    Parameters
    ----------
    name : str
        Name of the run, which `predict` takes.
    aliases : tuple of str
        Other names that `predict` takes: a number, "best".
    title : str
        What was trained, in words.
    dataset : str
        Id of the dataset that it was trained on.
    inputs : tuple of str
        Its input: "features", kinds of image (one of each network of a vote), or pretrained
        networks, whose embeddings it takes.
    accuracy : float
        On held-out clips, of groups that it was not trained on.
    confidence_interval : tuple of float
        Of the accuracy, 95 %.
    n : int
        Held-out clips.

    See Also
    --------
    list_models : All of them.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> [model.title for model in mmc.list_models() if model.dataset == "emopia"]
    ['Original 1D CNN']
    """

    name: str
    aliases: tuple[str, ...]
    title: str
    dataset: str
    inputs: tuple[str, ...]
    accuracy: float
    confidence_interval: tuple[float, float]
    n: int


def list_models() -> list[Model]:
    """The models that `predict` can use.

    Returns
    -------
    list of Model
        Those with a number first, then by name.

    Raises
    ------
    RunError
        If the scores of one, or the list of numbers, cannot be read.

    See Also
    --------
    mmc_core.prediction.song.predict : The mood of a song.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> models = {alias: model for model in mmc.list_models() for alias in model.aliases}
    >>> models["1"].title, models["1"].dataset, models["1"].inputs
    ('1D CNN, mean of five', '4qaed', ('features',))
    >>> models["2"].inputs
    ('spectrogram', 'mfcc', 'mel')
    >>> best = models["best"]
    >>> best.inputs[0], best.accuracy > 0.7, best.n
    ('musicnn', True, 898)
    """
    numbers = serving()
    numbers.setdefault("best", numbers.get("1", ""))
    return [_model(run, numbers) for run in servable()]


def _model(run: Run, numbers: dict[str, str]) -> Model:
    low, high = run.scores.interval
    return Model(
        name=run.name,
        aliases=tuple(alias for alias, name in numbers.items() if name == run.name),
        title=run.title,
        dataset=run.dataset,
        inputs=tuple(kind for each in run.members() or [run] for kind in each.input.split("+")),
        accuracy=run.scores.accuracy,
        confidence_interval=(low, high),
        n=run.scores.n,
    )
