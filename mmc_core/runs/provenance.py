"""What a result came of: recipe, protocol, data, versions, commit."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np
import pandas as pd

from mmc_core import runs
from mmc_core.errors import RecipeError
from mmc_core.learning import recipes
from mmc_core.learning.inputs import features
from mmc_core.learning.recipes import AnyRecipe
from mmc_core.learning.splits import Protocol
from mmc_core.moods import NAMES
from mmc_core.saved.run import Data, Inputs, RunInfo, SavedProtocol
from mmc_core.settings import INSTALLED, PROJECT


def new_info(of: str, recipe: AnyRecipe, protocol: Protocol, table: pd.DataFrame) -> RunInfo:
    """Return what `run.json` says of a training or an evaluation that waits to be begun."""
    return RunInfo(
        of=of,
        status=runs.WAITING,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        recipe=recipe.model_dump(),
        parts=[recipes.load(name).model_dump() for name in recipe.parts],  # of a combination
        protocol=SavedProtocol(protocol.name, protocol.folds, protocol.repeats),
        data=Data(len(table), data_hash(table)),
        features=Inputs(runs.fingerprint(runs.input_of(recipe.model_dump()))),
        moods=list(NAMES),
        versions={
            "python": sys.version.split()[0],
            **{name: version(name) for name in recipe.PACKAGES},
        },
        commit=_commit(),
    )


def is_of(run: runs.Run, recipe: AnyRecipe) -> bool:
    """Whether a run is of a recipe as it is now, and so are a combination's members."""
    try:
        if recipes.parse(run.info.recipe) != recipe:
            return False
        parts = [recipes.parse(part) for part in run.info.parts]
    except RecipeError:  # of another version
        return False
    return parts == [recipes.load(name) for name in recipe.parts]


def data_hash(table: pd.DataFrame) -> str:
    """SHA-256 of the clips, their moods and groups, and their encoded features."""
    digest = hashlib.sha256(features(table).tobytes())
    for column in ("clip", "mood", "group"):
        digest.update("\n".join(np.asarray(table[column], dtype=object)).encode())
    return digest.hexdigest()


def _commit() -> str | None:
    """The checkout's commit, with "+" where files were changed since; None without git."""
    if INSTALLED:
        return None

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(PROJECT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "mmc_core") else "")
    except (OSError, subprocess.CalledProcessError):
        return None
