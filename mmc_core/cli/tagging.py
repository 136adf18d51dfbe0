"""`mmc library tag`, `undo` and `playlist`: moods into the tags of music files, and out again."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mmc_core.cli.output import Progress, echo, print_json
from mmc_core.cli.places import OutFile
from mmc_core.errors import AudioError, MMCError
from mmc_core.wording import escaped, printable, shown

if TYPE_CHECKING:
    from mmc_core.library.journal import Journal, LibrarySong
    from mmc_core.library.tagging import Tagging
    from mmc_core.library.undo import TagJournal
    from mmc_core.prediction.result import Prediction
    from mmc_core.runs import Run

SHARE = click.FloatRange(0.0, 1.0)


@click.command("tag")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Write nothing; print what would change.")
@click.option("--model", default="best", show_default=True, metavar="best|quick|1|2|RUN")
@click.option("--min-confidence", default=0.0, type=SHARE, help="Least probability, 0 to 1.")
@click.option("--replace", "overwrite", is_flag=True, help="Also where someone set a mood.")
@click.option("--keep-times", is_flag=True, help="Keep the files' times of modification.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def tag_command(
    paths: tuple[Path, ...],
    dry_run: bool,
    model: str,
    min_confidence: float,
    overwrite: bool,
    keep_times: bool,
    as_json: bool,
) -> None:
    """Write the moods of songs into their tags. Folders are searched for sound files.

    Answers come from the library where a song was scanned with the same model; other songs are
    heard now. `mmc library undo` puts every byte back.
    """
    from mmc_core import runs
    from mmc_core.audio.folders import Found, find_audio
    from mmc_core.library.tagging import tag
    from mmc_core.library.undo import TagJournal

    run = runs.find(model)
    # By the names under which a scan knows them.
    found = [
        find_audio([path.resolve()])
        if path.is_dir()
        else Found([path.parent.resolve() / path.name])
        for path in paths
    ]
    files = list(dict.fromkeys(path for each in found for path in each.files))
    taggings = []
    with ExitStack() as stack:
        library = stack.enter_context(_library())
        journal = None if dry_run else stack.enter_context(TagJournal())
        _print_kept(journal)
        progress = stack.enter_context(Progress("files"))
        for i, path in enumerate(files):
            tagging = tag(
                path,
                lambda path: _answer(path, run, library),
                journal,
                min_confidence=min_confidence,
                overwrite=overwrite,
                keep_times=keep_times,
            )
            if library and tagging.before and tagging.sha256:
                _renew(library, path, tagging.before, tagging.sha256)
            taggings.append(tagging)
            if not as_json:
                _print(tagging)
            progress(i + 1, len(files))
    if as_json:
        print_json([_as_json(tagging, dry_run) for tagging in taggings])
    for left_out in chain.from_iterable(each.left_out for each in found):
        echo(left_out, err=True)
    changed = sum(bool(tagging.differences) for tagging in taggings)
    done = "would be tagged" if dry_run else "tagged"
    undone_by = f"; undo: mmc library undo --run {journal.run}" if journal and changed else ""
    echo(f"{changed} of {len(files)} files {done}{undone_by}", err=True)
    failed = any(tagging.error for tagging in taggings) or any(each.is_incomplete for each in found)
    sys.exit(1 if failed else 0)


@click.command("undo")
@click.option("--run", metavar="ID", help="Only what this call of `tag` wrote.")
@click.option("--list", "only_list", is_flag=True, help="Print what can be undone, and do nothing.")
def undo_command(run: str | None, only_list: bool) -> None:
    """Put files back as they were before `tag`, every byte: of all calls of `tag`, or of one.

    A file that was changed since is left as it is.
    """
    from mmc_core.library.undo import TagJournal, undo

    with TagJournal(only_read=only_list) as journal, _library() as library:
        _print_kept(journal)
        runs = journal.runs()
        if run is not None and run not in runs:
            there = ", ".join(runs) or "none"
            raise click.BadParameter(f"There is no {run!r} to undo; there is: {there}.")
        if only_list:
            for name, n in runs.items():
                echo(f"{name}: {n} files")
            return
        done = failed = 0
        for change in journal.changes(run):
            try:
                undo(change, journal)
            except MMCError as error:
                echo(error, err=True)
                failed += 1
                continue
            done += 1
            if library:
                _renew(library, change.path, change.after, change.before)
    echo(f"{done} of {done + failed} changes undone", err=True)
    sys.exit(1 if failed else 0)


@click.command("playlist")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=OutFile(".m3u8"), metavar="FILE.m3u8")
@click.option("--mood", metavar="MOOD", help="Only songs whose answer names this mood.")
@click.option("--min-confidence", default=0.0, type=SHARE, help="Least probability, 0 to 1.")
@click.option(
    "--sort",
    default="arousal",
    type=click.Choice(["arousal", "valence", "mood", "confidence"]),
    show_default=True,
    help="From calm to energetic, from unpleasant to pleasant, by mood, or the clearest first.",
)
@click.option(
    "--path",
    "way",
    metavar="FROM..TO",
    help="Instead, move evenly over the plane, such as calm..energetic or sad..happy.",
)
@click.option("--minutes", default=40.0, type=click.FloatRange(1, 1440), show_default=True)
def playlist_command(
    folder: Path | None,
    out: Path,
    mood: str | None,
    min_confidence: float,
    sort: str,
    way: str | None,
    minutes: float,
) -> None:
    """Write a playlist of the library's songs, or of those in FOLDER.

    With --path no song is in it twice, no artist twice in a row, and it lasts --minutes to within
    half a minute where there are songs enough. A mood that a person heard, a correction, stands in
    place of the model's.
    """
    from mmc_core import moods
    from mmc_core.files import write_text
    from mmc_core.library.heard import heard_moods, with_heard
    from mmc_core.library.journal import Journal
    from mmc_core.library.paths import Candidate, along, parse
    from mmc_core.prediction.playlists import m3u, selected

    only = moods.parse(mood) if mood else None
    if mood and only is None:
        raise click.BadParameter(
            f"There is no mood {mood!r}; there are {moods.SPELLINGS}.", param_hint="--mood"
        )
    if way:
        parse(way)
    with Journal() as library:
        songs = _once(library.songs(folder and folder.resolve()))
    sure = [each for each in songs if _confidence(each.prediction) >= min_confidence]
    heard = heard_moods()
    answers = [with_heard(each.prediction, heard.get(each.sha256 or "")) for each in sure]
    chosen = selected(answers, mood=only.name if only else None, order=sort)
    if way:
        artists = {str(song.path): song.artist or "" for song in sure}
        candidates = [Candidate(each, artists[each.file]) for each in chosen]
        chosen = along(candidates, way, minutes)
    write_text(m3u(chosen), out)
    lasts = sum(each.duration_s or 0.0 for each in chosen) / 60
    echo(f"{len(chosen)} songs, {lasts:.1f} minutes: {printable(str(out))}", err=True)


@contextmanager
def _library() -> Iterator[Journal | None]:
    """Open the journal of scanned songs, if there is one."""
    from mmc_core.library.journal import Journal
    from mmc_core.settings import library_path

    with Journal() if library_path().exists() else nullcontext() as journal:
        yield journal


def _renew(library: Journal, path: Path, before: str, after: str) -> None:
    """Note in the library that a file has other tags; if that fails, a scan analyses it again. The
    mood that a person heard in it stays with it.
    """
    from mmc_core.datasets.user import corrections

    try:
        library.rewritten(path, before, after)
        corrections.rename(before, after)
    except (MMCError, OSError, OverflowError) as error:
        echo(f"{shown(path.name)} will be analysed again by the next scan: {error}", err=True)


def _print_kept(journal: TagJournal | None) -> None:
    for sentence in journal.kept if journal else []:
        echo(sentence, err=True)


def _answer(path: Path, run: Run, library: Journal | None) -> Prediction:
    """Return what the library knows of the file as it is now, else what the model answers."""
    from mmc_core.prediction.result import Prediction
    from mmc_core.prediction.song import predict

    song = library.current(path) if library else None
    if song and song.model == run.name and song.probabilities:
        return song.prediction
    try:
        return predict(path, run, features=False)
    except AudioError as error:
        return Prediction(os.fspath(path), run.name, error=str(error))


def _once(songs: Iterator[LibrarySong]) -> list[LibrarySong]:
    """Return each song once, of which there may be copies."""
    return list({song.sha256 or str(song.path): song for song in songs}.values())


def _confidence(prediction: Prediction) -> float:
    return max((prediction.probabilities or {}).values(), default=0.0)


def _print(tagging: Tagging) -> None:
    name = printable(str(tagging.file))
    if tagging.error:
        echo(tagging.error, err=True)
    elif tagging.left:
        echo(f"{name}: left as it is, as {tagging.left}")
    else:
        echo("\n  ".join([name, *tagging.lines]))


def _as_json(tagging: Tagging, dry_run: bool) -> dict[str, object]:
    return {
        "file": escaped(str(tagging.file)),
        "written": bool(tagging.differences) and not dry_run,
        "differences": {
            name: {"before": before, "after": after}
            for name, (before, after) in tagging.differences.items()
        },
        "left": tagging.left,
        "error": tagging.error,
    }
