"""Make `features.json`: the 57 features of the sample songs by plain librosa calls.

python -m tests.features.golden.make
"""

from __future__ import annotations

import json
from pathlib import Path

from mmc_core.audio import load_audio
from mmc_core.features import reference
from mmc_core.settings import DATA


def main() -> None:
    values = {
        path.name: reference.describe(load_audio(path).cut().y)
        for path in sorted((DATA / "samples").glob("*.ogg"))
    }
    text = json.dumps(values, indent=1) + "\n"
    (Path(__file__).parent / "features.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
