"""What the models make of the sample songs: writes `heard.json` beside this file.

Run it from the project's folder after a model that serves has changed, with the AudioSet network
fetched, so that all of them can answer: python data/samples/heard.py
What one that cannot be asked here answered before stays as it is.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))

from mmc_core import runs  # noqa: E402
from mmc_core.audio import load_audio  # noqa: E402
from mmc_core.prediction.song import predict  # noqa: E402
from mmc_core.prediction.sound import Song  # noqa: E402


def main() -> None:
    songs = {path.stem: Song(load_audio(path)) for path in sorted(HERE.glob("*.ogg"))}
    place = HERE / "heard.json"
    heard = json.loads(place.read_text("utf-8")) if place.exists() else {}
    heard = {run: answers for run, answers in heard.items() if run in runs.serving().values()}
    for run in (each.name for each in runs.servable()):
        predictions = {name: predict(song, run, features=False) for name, song in songs.items()}
        heard[run] = {
            name: [
                each.mood,
                round((each.probabilities or {}).get(each.mood or "", 0.0), 3),
                *([each.mood_set] if each.mood_set else []),
            ]
            for name, each in predictions.items()
        }
    lines = [
        f"{json.dumps(run)}: {{\n"
        + ",\n".join(f"  {json.dumps(name)}: {json.dumps(each)}" for name, each in rows.items())
        + "\n}"
        for run, rows in heard.items()
    ]
    place.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
