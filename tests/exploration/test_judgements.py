"""What people make of doubtful labels: kept whole, beside what others judge."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from mmc_core import files
from mmc_core.errors import DatasetError
from mmc_core.exploration import judgements
from mmc_core.exploration.judgements import CHANGE, COLUMNS, KEEP, UNSURE, Judgement


def made(clip: str, note: str = "") -> Judgement:
    return judgements.judge("4qaed", clip, "sad", CHANGE, mood="happy", note=note, run="one")


def test_what_is_saved_is_read_again() -> None:
    first = made("1", note='=SUM("a, b")\n and "more"')
    second = judgements.judge("4qaed", "002", "sad", KEEP, run="one")
    for each in (first, second):
        judgements.save(each)
    assert judgements.read("4qaed") == {"1": first, "002": second}
    assert first.note == '=SUM("a, b") and "more"'
    assert judgements.read("emopia") == {}


def test_a_clip_has_its_last_judgement_alone() -> None:
    judgements.save(made("1"))
    judgements.save(made("2"))
    again = judgements.judge("4qaed", "1", "sad", UNSURE, run="other")
    judgements.save(again)
    assert list(judgements.read("4qaed").values())[1] == again
    judgements.clear("4qaed", "1")
    judgements.clear("4qaed", "never judged")
    assert list(judgements.read("4qaed")) == ["2"]
    judgements.clear("4qaed", "2")
    assert judgements.read("4qaed") == {}


def test_visitors_at_once_lose_nothing() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: judgements.save(made(str(i))), range(40)))
    assert sorted(map(int, judgements.read("4qaed"))) == list(range(40))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "No columns"),
        ("clip,label\n1,sad\n", "its columns should be dataset, clip"),
        (",".join(COLUMNS) + "\n4qaed,1,sad,maybe,,,one,2026\n", "row 2: judged should be keep"),
        (",".join(COLUMNS) + "\n4qaed,1,blue,keep,sad,,one,2026\n", "row 2: label and mood"),
        (",".join(COLUMNS) + "\nemopia,1,sad,keep,sad,,one,2026\n", "dataset should be 4qaed"),
        (",".join(COLUMNS) + "\n4qaed,1\n", "row 2: judged should be keep"),
        (",".join(COLUMNS) + "\n4qaed,1,2,3,4,5,6,7,8,9\n", "cannot be read"),
        (",".join(COLUMNS) + "\n\xff\n", "cannot be read"),
    ],
)
def test_a_damaged_file_is_never_written_over(text: str, why: str) -> None:
    path = judgements.path_of("4qaed")
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode("latin-1"))
    for act in (
        lambda: judgements.read("4qaed"),
        lambda: judgements.save(made("1")),
        lambda: judgements.clear("4qaed", "1"),
    ):
        with pytest.raises(DatasetError, match=why):
            act()
    assert path.read_bytes() == text.encode("latin-1")


def test_what_cannot_be_written_leaves_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    judgements.save(made("1"))

    def full(text: str, path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_text", full)
    with pytest.raises(DatasetError, match=r"No space left.*are unchanged"):
        judgements.save(made("2"))
    assert list(judgements.read("4qaed")) == ["1"]


def test_the_table_guards_formulas_and_has_all_columns() -> None:
    text = files.csv_text(judgements.as_table([made("1", note="=1+1")]))
    table = pd.read_csv(io.StringIO(text), dtype=str)
    assert table.columns.tolist() == COLUMNS
    assert table["note"].tolist() == ["'=1+1"]
    assert judgements.as_table([]).columns.tolist() == COLUMNS
