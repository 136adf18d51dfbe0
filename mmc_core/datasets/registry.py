"""The datasets there are, in the order in which they are shown."""

from __future__ import annotations

from pathlib import Path

from mmc_core._typing import Progress, no_progress
from mmc_core.datasets import user
from mmc_core.datasets.base import Dataset
from mmc_core.datasets.emopia import Emopia
from mmc_core.datasets.fourqaed import FourQAED
from mmc_core.datasets.turkish import Turkish
from mmc_core.datasets.user import DatasetName, UserDataset
from mmc_core.datasets.user.corrected import ID as CORRECTIONS
from mmc_core.errors import MMCError, UnknownName
from mmc_core.language import _

_OURS: tuple[Dataset, ...] = (FourQAED(), Turkish(), Emopia())
DATASETS = {dataset.id: dataset for dataset in _OURS}


def every() -> dict[str, Dataset]:
    """All datasets: the project's, then those a person built on this machine.

    Returns
    -------
    dict of str to Dataset
        By their ids.

    Examples
    --------
    >>> from mmc_core import datasets
    >>> datasets.every()["4qaed"].title
    '4QAED'
    """
    own: dict[str, Dataset] = {**user.every()}
    if corrections := user.corrected():
        own[corrections.id] = corrections
    return DATASETS | {id_: each for id_, each in own.items() if id_ not in DATASETS}


def list_datasets() -> list[str]:
    """The ids of all datasets: the project's, then those a person built on this machine.

    Returns
    -------
    list of str
        What `load_dataset` takes.

    Examples
    --------
    >>> from mmc_core import datasets
    >>> datasets.list_datasets()[:3]
    ['4qaed', 'turkish', 'emopia']
    """
    return list(every())


def load_dataset(dataset_id: str) -> Dataset:
    """A dataset by its id.

    Parameters
    ----------
    dataset_id : str
        One of `list_datasets`.

    Returns
    -------
    Dataset
        Its texts, and what loads its table and summary.

    Raises
    ------
    UnknownName
        If there is none of that id.

    Examples
    --------
    >>> from mmc_core import datasets
    >>> dataset = datasets.load_dataset("4qaed")
    >>> dataset.clips()
    {'happy': 223, 'angry': 225, 'sad': 225, 'relaxed': 225}
    >>> dataset.table().shape[0]
    898
    """
    known = DATASETS if dataset_id in DATASETS else every()
    if dataset_id not in known:
        raise UnknownName(
            f"There is no dataset {dataset_id!r}; expected one of {', '.join(known)}."
        )
    return known[dataset_id]


def title_of(dataset_id: str) -> str:
    """A dataset's title; its id where it was removed, since runs on it may have stayed."""
    known = DATASETS if dataset_id in DATASETS else every()
    if dataset_id in known:
        return known[dataset_id].title
    return _("{dataset} (removed)", dataset=dataset_id)


def user_dataset_name(name: str, title: str = "") -> DatasetName:
    """Return what a dataset of the user's is to be called.

    A dataset that was built under the same name, or has it as its title, keeps its id and is
    replaced. All others stay: the id of a new one is not in use.

    Raises
    ------
    MMCError
        If the name or title is that of another dataset, or has no letter, digit or symbol.
    """
    reserved = (*DATASETS, CORRECTIONS)
    if (taken := user.folded(name)) in reserved:
        raise MMCError(f"{taken} is the name of a dataset of the project; choose another name.")
    before = user.find(name)
    dataset_id = before.id if before else user.make_id(name, {*reserved, *user.taken()})
    title = user.clean_title(title or name) or dataset_id
    for other in every().values():
        if other.id != dataset_id and user.folded(other.title) == user.folded(title):
            raise MMCError(
                f"The dataset {other.id} already has the title {other.title!r}; choose another."
            )
    return DatasetName(before.name or name if before else name, dataset_id, title)


def build_dataset(
    path: str | Path, name: str, *, title: str = "", progress: Progress = no_progress
) -> UserDataset:
    r"""Make a dataset of your own songs or features, in place of one that has its name.

    It stays on this machine, where `load_dataset` and all pages know it from then on. What cannot
    be used is left out and named; `docs/own_data.md` says what may be in `path`.

    Parameters
    ----------
    path : str or Path
        A folder with a subfolder a mood; a CSV of `path`, `mood` and, if you like, `group`; a CSV
        or parquet file of `mood` and features; or a folder of such parquet files, of any size.
    name : str
        What it is known by when it is built again. Its id is made of the name: lower-case letters
        from a to z, digits and hyphens.
    title : str, optional
        What it is called on pages; `name` by default.
    progress : callable, optional
        Called with the number of files done, and of how many.

    Returns
    -------
    UserDataset
        The dataset; its `problem_sentences` say what was left out.

    Raises
    ------
    MMCError
        If the name is taken by another dataset.
    DatasetError
        If nothing can be used; a dataset of that name stays as it was.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from mmc_core import datasets
    >>> songs = Path(tempfile.mkdtemp()) / "songs.csv"
    >>> _ = songs.write_text("mood,tempo\nhappy,128\nsad,70\nbored,90\n")
    >>> dataset = datasets.build_dataset(songs, "Docs example")
    >>> dataset.id, dataset.clips()
    ('docs-example', {'happy': 1, 'sad': 1})
    >>> print(dataset.problem_sentences[0])
    Row 4: the mood is not known: got 'bored'; expected happy, angry, sad, relaxed, or Q1 to Q4.
    >>> datasets.user.remove("docs-example")
    """
    called = user_dataset_name(name, title)
    if user.parts_of(Path(path)):
        return user.build_parts(Path(path), called, progress)
    return user.build(user.read(Path(path)), called, progress)
