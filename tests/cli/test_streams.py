"""What is printed where a console lacks letters, or where there is none."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from click.testing import CliRunner

from mmc_core import datasets
from mmc_core.cli.main import main
from mmc_core.cli.output import Progress, echo
from mmc_core.wording import escaped, unescaped

NAMES = ["a.wav", "Łódź.wav", "日本語.wav"]


def console(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding)


@pytest.fixture
def songs(tmp_path: Path) -> Path:
    folder = tmp_path / "songs"
    folder.mkdir()
    y = np.random.default_rng(0).normal(0, 0.1, 33_000)
    for name in NAMES:
        soundfile.write(folder / name, y, 22_050)
    return folder


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp932", "utf-8"])
def test_every_file_is_printed_on_any_console(
    encoding: str, songs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = console(encoding)
    monkeypatch.setattr(sys, "stdout", out)
    with pytest.raises(SystemExit) as ended:
        main(["predict", "--model", "1", str(songs)])
    assert ended.value.code == 0
    monkeypatch.undo()
    out.flush()
    assert isinstance(out.buffer, io.BytesIO)
    lines = out.buffer.getvalue().decode(encoding).splitlines()
    printed = [name.encode(encoding, "backslashreplace").decode(encoding) for name in NAMES]
    assert [Path(line.partition(": ")[0]).name for line in lines] == printed


def test_an_error_that_cannot_be_printed_does_not_end_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w", buffering=1) as nobody:
        monkeypatch.setattr(sys, "stderr", nobody)
        monkeypatch.setenv("MMC_PROGRESS", "lines")
        echo("not read", err=True)
        with Progress("files") as progress:
            progress(1, 2)
        monkeypatch.setattr(sys, "stdout", nobody)
        with pytest.raises(BrokenPipeError):
            echo("not read")
        monkeypatch.undo()
        os.dup2(os.open(os.devnull, os.O_WRONLY), write)  # so that it can be closed


@pytest.mark.skipif(os.name == "nt", reason="streams are closed otherwise there")
def test_closed_streams_lead_nowhere() -> None:
    """And no file that is opened later takes their number."""
    code = (
        "import os, sys; from mmc_core.cli.output import open_streams, echo; open_streams();"
        "echo('x', err=True); echo('y'); sys.exit(os.open(os.devnull, os.O_RDONLY))"
    )
    closed = f'exec {sys.executable} -c "{code}" <&- >&- 2>&-'
    assert subprocess.run(["sh", "-c", closed], check=False).returncode > 2


@pytest.mark.skipif(os.name == "nt", reason="a process is killed at once there")
def test_a_command_that_is_told_to_end_leaves_no_half_file(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys, time; from pathlib import Path\n"
        "from mmc_core.cli.output import end_in_order; from mmc_core.files import replacing\n"
        "end_in_order()\n"
        "with replacing(Path(sys.argv[1])) as part:\n"
        "  part.write_text('half'); os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path / "r.html")], check=False)
    assert ended.returncode == 128 + 15
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        *("plain.mp3", "Łódź.mp3", "a\\b.mp3", "\\xe9.mp3", "\\\\xe9", "C:\\xefolder\\a.mp3"),
        *("caf\udce9.mp3", "a\\\udce9", "\udcff\\xff", "日\udc80\\"),
    ],
)
def test_names_that_are_not_unicode_are_escaped_reversibly(name: str) -> None:
    text = escaped(name)
    text.encode()
    assert unescaped(text) == name


@pytest.mark.skipif(os.name != "posix", reason="names are Unicode elsewhere")
@pytest.mark.usefixtures("one_process")
def test_names_that_are_not_unicode_are_rows_and_clips(songs: Path, tmp_path: Path) -> None:
    odd = [songs / "sad" / os.fsdecode(b"caf" + byte + b".wav") for byte in (b"\xe8", b"\xe9")]
    odd[0].parent.mkdir()
    try:
        for path in odd:
            path.write_bytes((songs / NAMES[0]).read_bytes())
    except OSError:
        pytest.skip("this disk takes no such name")
    out = tmp_path / "t.parquet"
    result = CliRunner().invoke(main, ["extract", str(songs), "--out", str(out), "--jobs", "1"])
    assert result.exit_code == 0
    paths = pd.read_parquet(out)["path"]
    assert {Path(unescaped(path)) for path in paths} == {*odd, *(songs / name for name in NAMES)}
    listed = pd.read_parquet(out).query("path.str.contains('caf')").assign(mood="sad")
    for source in (songs, tmp_path / "list.csv"):
        listed[["path", "mood"]].to_csv(tmp_path / "list.csv", index=False)
        CliRunner().invoke(main, ["datasets", "build", "odd", "--from", str(source)])
        assert set(datasets.get("odd").audio().values()) == set(odd)
