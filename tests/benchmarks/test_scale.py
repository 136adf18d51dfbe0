"""The table of what many songs take: worked out from figures, and the one in the documentation."""

from __future__ import annotations

import json

from benchmarks.scale import KEPT, put_into, span, storage, table
from mmc_core.settings import PROJECT

SONG = {
    "audio_bytes": 4e6,
    "hear_cpu_s": 3.6,
    "features_cpu_s": 0.36,
    "journal_rows_s": 1000,
    "journal_bytes": 4000,
    "embedding_bytes": {"one": 400_000, "other": 100_000},
    "timeline_bytes": 2000,
    "feature_bytes": 228,
}
LARGE = {
    "rows": 1_000_000,
    "copy_s": 60.0,
    "copy_cpu_s": 100.0,
    "summary_s": 200.0,
    "summary_cpu_s": 260.0,
    "table_gb": 0.2,
    "build_peak_mb": 1500.0,
    "redraw_ratio": 1.02,
    "explore": {"count": 0.1, "boxes": 0.7},
    "explore_peak_mb": 600.0,
    "command": "python -m benchmarks.large_table",
    "machine": "two cores",
}


def test_figures_are_multiplied_by_songs() -> None:
    rows = table({"song": SONG, "large_table": LARGE}).splitlines()
    assert "| CPU, whole songs with mood | 10 h | 42 days | 4,200 days |" in rows
    assert "| cost of that CPU | 0.4 USD | 40 USD | 4,000 USD |" in rows
    assert "| embeddings of every frame, if kept | 5 GB | 500 GB | 50 TB |" in rows
    assert "| table of a dataset | 2 MB | 200 MB | 20 GB |" in rows
    assert "| CPU of a dataset's summary | seconds | 6 min | 10 h |" in rows
    assert "the slowest of *Explore*'s queries (boxes) takes 0.7 s, in 0.6 GB" in rows[-1]


def test_units() -> None:
    assert [storage(1.26e6), storage(9.9e14)] == ["1.3 MB", "990 TB"]
    assert [span(0.05), span(7.04), span(1200)] == ["3 min", "7 h", "50 days"]


def test_only_what_is_between_the_marks_is_made_anew() -> None:
    text = "a\n<!-- scale: how -->\nold\n<!-- end -->\nb\n"
    assert put_into(text, "new") == "a\n<!-- scale: how -->\n\nnew\n<!-- end -->\nb\n"


def test_the_documentation_has_the_kept_figures() -> None:
    kept = json.loads((PROJECT / KEPT).read_text(encoding="utf-8"))
    assert table(kept) in (PROJECT / "docs" / "scale.md").read_text(encoding="utf-8")
