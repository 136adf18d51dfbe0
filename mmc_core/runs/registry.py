"""Which runs there are, and which of them stands behind `--model 1`: `models/serving.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from mmc_core.errors import MissingNetwork, RunError, UnknownName
from mmc_core.features import embeddings
from mmc_core.moods import NAMES
from mmc_core.runs.run import Run, fingerprint
from mmc_core.saved import study_files
from mmc_core.saved.study import SERVING
from mmc_core.settings import models_dirs


def all_runs() -> list[Run]:
    """Every folder in the models folder with a readable `run.json`, by name."""
    return [run for run, error in _each() if not error]


def broken_runs() -> list[RunError]:
    """What is wrong with the folders whose `run.json` cannot be read."""
    return [error for _, error in _each() if error]


def load_run(name: str) -> Run:
    """A run of any kind and status, by its name.

    Parameters
    ----------
    name : str
        Its folder's.

    Returns
    -------
    Run
        What was trained or evaluated, its scores and predictions read when asked for.

    Raises
    ------
    UnknownName
        If there is none.

    Examples
    --------
    >>> import mmc_core as mmc
    >>> run = mmc.load_run("4qaed-svm-grouped-10")
    >>> run.title, len(run.predictions()) == 20 * 898
    ('SVM', True)
    """
    if run := _existing(name):
        return run
    available = ", ".join(run.name for run in all_runs())
    raise UnknownName(f"There is no run {name!r}; expected one of {available or 'none yet'}.")


def serving() -> dict[str, str]:
    """Run names by model number, and of "best". Of several behind one, the first whose pretrained
    networks are on this machine.

    Raises:
        RunError: if `serving.json` is no JSON.
    """
    return {number: _first_here(names) for number, names in _served().items()}


def recommended() -> Run | None:
    """Return the run that is "best" where all pretrained networks are, if it is here.

    Raises:
        RunError: if `serving.json` is no JSON.
    """
    first = next(iter(_served().get("best", [])), None)
    return _existing(first) if first else None


def _served() -> dict[str, list[str]]:
    """Return the names of runs behind each number, the first choice first."""
    path = next((at for at in _in_models("serving.json") if at.exists()), None)
    if path is None:
        return {}
    try:
        names: dict[str, str | list[str]] = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise RunError(
            f"{path.name} in the models folder is not JSON ({error}); expected an object such as "
            '{"1": "name of a run"}.'
        ) from error
    return {number: [runs] if isinstance(runs, str) else runs for number, runs in names.items()}


def _first_here(names: list[str]) -> str:
    runs = {name: _existing(name) for name in names}
    return next((name for name, run in runs.items() if run and has_networks(run)), names[-1])


def has_networks(run: Run) -> bool:
    """Whether the pretrained networks that a run listens with are on this machine."""
    return all(embeddings.is_here(name) for name in run.networks)


def seconds_a_song(name: str) -> tuple[float, float] | None:
    """Return how many seconds a run takes to predict a song, and how many seconds long that song
    is, as `python -m benchmarks.serving` measured; None where it was not.
    """
    measured = SERVING.parse(study_files.find(study_files.SERVING), "serving.json")
    if name not in measured.models:
        return None
    return measured.models[name].seconds, measured.song_s


def servable() -> list[Run]:
    """Runs that can predict on this machine: those behind a number first, in its order, then by
    name.
    """
    numbered = list(serving().values())

    def place(run: Run) -> tuple[int, str]:
        return (numbered.index(run.name) if run.name in numbered else len(numbered)), run.name

    usable = (run for run in all_runs() if run.is_servable() and has_networks(run))
    return sorted(usable, key=place)


def find(model: str) -> Run:
    """A run to serve, by number, by "best" or by its name.

    Raises:
        UnknownName: if there is none.
        RunError: if it was made for other features than are computed today.
    """
    numbers = serving()
    number = "1" if model == "best" and "best" not in numbers else model
    name = numbers.get(number, model)
    run = _existing(name)
    if run is None:
        available = ", ".join([*numbers, *(run.name for run in all_runs())])
        raise UnknownName(
            f"There is no model {model!r}; expected one of {available or 'none yet'}."
        )
    check_servable(run)
    return run


def check_servable(run: Run) -> None:
    """Nothing, if a run can predict.

    Raises:
        RunError: if it was made for other features than are computed today, or has no network.
    """
    for each in run.members() or [run]:
        made_for, today = each.info.features.fingerprint, fingerprint(each.input)
        if made_for != today or each.info.moods != list(NAMES):
            raise RunError(
                f"The run {each.name!r} was trained on inputs {made_for}; this version computes "
                f"{today}. Train it again."
            )
    if not has_networks(run):
        raise MissingNetwork(
            f"The run {run.name!r} needs a pretrained network that is not installed. Download it "
            "with: mmc models fetch audioset"
        )
    if not run.is_servable():
        raise RunError(f"The run {run.name!r} has no finished model. Choose another run.")


def _each() -> Iterator[tuple[Run, RunError | None]]:
    folders = {  # of one name, the run in the first folder, as `load_run` has it
        path.parent.name: path.parent
        for models in reversed(models_dirs())
        for path in models.glob("*/run.json")
    }
    for _, folder in sorted(folders.items()):
        run = Run(folder)
        try:
            _ = run.info
        except RunError as error:
            yield run, error
        else:
            yield run, None


def _existing(name: str) -> Run | None:
    """The run of a name that is no path, if it has a folder."""
    if name != Path(name).name:
        return None
    folders = (path for path in _in_models(name) if (path / "run.json").exists())
    return next(map(Run, folders), None)


def _in_models(name: str) -> list[Path]:
    return [folder / name for folder in models_dirs()]
