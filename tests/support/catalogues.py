"""The catalogues of the pages' texts (docs/translating.md), brought up to date with the code.

python -m tests.support.catalogues [CODE ...]

Collects the texts that the code marks and those that its data have, merges them into the `mmc.po`
of each language, or of a new one by its code, such as `de`, and compiles that. What a text became
keeps its translation where it is the same to the letter. Prints how many are not translated.
"""

from __future__ import annotations

import ast
import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from mmc_core import datasets
from mmc_core.features.embeddings import NETWORKS, audioset
from mmc_core.features.images import IMAGES
from mmc_core.features.schema import FEATURES
from mmc_core.language import CATALOGUES, DOMAIN
from mmc_core.learning import recipes
from mmc_core.learning.scores import FOLDS_INTERVAL, SPLIT_INTERVAL
from mmc_core.moods import MOODS
from mmc_core.settings import DATA, PROJECT

OF_DATASETS = ("description", "music", "labels", "grouping", "length_rule", "extraction")
MARKS = {"_": 1, "N_": 1, "ngettext": 2}  # and how many texts each takes
DATED = datetime(2026, 11, 26, tzinfo=UTC)  # of every catalogue, so that only texts change it
WIDTH = 100
NOTE = 2  # the longest name of one
ORIGINAL_RUNS = DATA / "original_runs" / "runs.csv"


def modules() -> list[Path]:
    """What may mark texts."""
    found = [path for name in ("mmc_core", "pages") for path in (PROJECT / name).rglob("*.py")]
    return sorted([PROJECT / "app.py", *found])


def in_code() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Marked texts, with the file that each stands in."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            mark = getattr(getattr(node, "func", None), "id", "")
            if mark in MARKS and isinstance(node, ast.Call):
                given = node.args[: MARKS[mark]]
                texts = [str(each.value) for each in given if isinstance(each, ast.Constant)]
                if texts:
                    text = texts[0] if len(texts) == 1 else tuple(texts)
                    yield path.relative_to(PROJECT).as_posix(), text


def in_data() -> Iterator[tuple[str, str]]:
    """Texts of what pages list, with the place that they come from."""
    for mood in MOODS:
        of_mood = (mood.name, mood.name.capitalize(), mood.sounds_like)
        yield from (("mmc_core/moods.py", text) for text in of_mood)
    for feature in FEATURES:
        words = [word for word in feature.categories if len(word) > NOTE]
        words += [word.capitalize() for word in words]
        texts = (feature.title, feature.meaning, feature.group, feature.unit, *words)
        yield from (("mmc_core/features/schema.py", text) for text in texts)
    titles = [image.title for image in IMAGES.values()]
    titles += [network.TITLE for network in NETWORKS.values()]
    yield from (("mmc_core/features", text) for text in (*titles, *audioset.ROUGHLY))
    yield from (("mmc_core/learning/scores.py", text) for text in (SPLIT_INTERVAL, FOLDS_INTERVAL))
    original = pd.read_csv(ORIGINAL_RUNS, keep_default_na=False)
    for column in ("note", "input", "augmented"):
        yield from (("data/original_runs", str(text)) for text in original[column].unique())
    for dataset in datasets.DATASETS.values():
        place = f"data/{dataset.id}"
        yield from ((place, getattr(dataset, name)) for name in OF_DATASETS)
    for name in recipes.names():
        yield "mmc_core/learning/recipes", recipes.load(name).title
    for sample in json.loads((DATA / "samples" / "samples.json").read_text(encoding="utf-8")):
        yield "data/samples", sample["description"]


def template() -> Catalog:
    """All texts, none translated."""
    texts = Catalog(project="MMC", copyright_holder="The MMC developers", creation_date=DATED)
    for place, text in sorted([*in_code(), *in_data()], key=lambda each: each[0]):
        if text and text not in ("mfcc", "mel"):
            texts.add(text, locations=[(place, 0)])
    return texts


def path_of(code: str) -> Path:
    return CATALOGUES / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(code: str) -> Catalog:
    with path_of(code).open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN)


def untranslated(catalogue: Catalog) -> list[str]:
    """Texts that have no translation yet."""
    return [
        str(text.id) for text in catalogue if text.id and not (text.string and all(text.string))
    ]


def compiled(catalogue: Catalog) -> bytes:
    content = io.BytesIO()
    write_mo(content, catalogue)
    return content.getvalue()


def main() -> None:
    texts = template()
    known = [path.parents[1].name for path in CATALOGUES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")]
    for code in sorted({*known, *sys.argv[1:]}):
        path = path_of(code)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = read(code) if path.exists() else Catalog(locale=code, domain=DOMAIN)
        catalogue.update(texts, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.creation_date = catalogue.revision_date = DATED
        catalogue.header_comment = "# The pages' texts; how to translate: docs/translating.md"
        catalogue.version = catalogue.last_translator = catalogue.language_team = ""
        catalogue.msgid_bugs_address = ""
        with path.open("wb") as file:
            write_po(file, catalogue, width=WIDTH, include_lineno=False)
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        print(f"{code}: {len(catalogue)} texts, {len(untranslated(catalogue))} not translated")


if __name__ == "__main__":
    main()
