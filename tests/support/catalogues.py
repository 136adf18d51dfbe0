"""The catalogues of the pages' texts (docs/translating.md), brought up to date with the code.

python -m tests.support.catalogues [CODE ...]

Collects the texts that the code marks and those that its data have, merges them into the `mmc.po`
of each language, or of a new one by its code, such as `de`, and compiles that. What a text became
keeps its translation where it is the same to the letter. Prints how many are not translated.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from mmc_core import datasets
from mmc_core.features.schema import FEATURES
from mmc_core.language import CATALOGUES, DOMAIN
from mmc_core.learning import recipes
from mmc_core.moods import MOODS
from mmc_core.settings import DATA, PROJECT

OF_DATASETS = ("description", "music", "labels", "grouping", "length_rule", "extraction")
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "N_": None, "ngettext": (1, 2)}
DATED = datetime(2026, 11, 26, tzinfo=UTC)  # of every catalogue, so that only texts change it
WIDTH = 100


def in_code() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Marked texts, with the file that each stands in."""
    for name in ("mmc_core", "pages"):
        found = extract_from_dir(PROJECT / name, [("**.py", "python")], keywords=KEYWORDS)
        for path, _line, text, _comments, _context in found:
            yield f"{name}/{path}", text
    for _line, text, _comments, _context in extract_from_file(
        "python", PROJECT / "app.py", KEYWORDS
    ):
        yield "app.py", text


def in_data() -> Iterator[tuple[str, str]]:
    """Texts of what pages list, with the place that they come from."""
    for mood in MOODS:
        yield from (("mmc_core/moods.py", text) for text in (mood.name, mood.sounds_like))
    for feature in FEATURES:
        texts = (feature.title, feature.meaning, feature.group, *feature.categories)
        yield from (("mmc_core/features/schema.py", text) for text in texts)
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
    texts.msgid_bugs_address = ""
    for place, text in sorted([*in_code(), *in_data()], key=lambda each: each[0]):
        if text:
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
        with path.open("wb") as file:
            write_po(file, catalogue, width=WIDTH, include_lineno=False)
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        print(f"{code}: {len(catalogue)} texts, {len(untranslated(catalogue))} not translated")


if __name__ == "__main__":
    main()
