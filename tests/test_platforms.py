"""What other systems lack or do otherwise: modules of POSIX, UTF-8, names without spaces."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from mmc_core.settings import PROJECT
from tests.support.sounds import write_tone

pytestmark = pytest.mark.slow

# Imports every module of the package where these cannot be imported.
IMPORT_ALL = """
import importlib, json, pkgutil, sys
for name in {hidden!r}:
    sys.modules[name] = None
import mmc_core
failed = dict()
for module in pkgutil.walk_packages(mmc_core.__path__, "mmc_core.", onerror=print):
    if not module.name.endswith("__main__"):
        try:
            importlib.import_module(module.name)
        except ImportError as error:
            failed[module.name] = str(error)
print(json.dumps(failed))
"""
POSIX = ["fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "crypt"]
PLAIN = {"LC_ALL": "C", "LANG": "C"}


def test_all_is_imported_where_posix_is_not() -> None:
    command = [sys.executable, "-c", IMPORT_ALL.format(hidden=POSIX)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    failed = json.loads(done.stdout.splitlines()[-1])
    of_others = {name for name, why in failed.items() if "No module named 'beets" in why}
    assert set(failed) == of_others, failed


def test_names_need_be_neither_ascii_nor_without_spaces_in_a_plain_locale(tmp_path: Path) -> None:
    folder = tmp_path / "Müzik ve şarkılar 音楽"
    write_tone(folder / "ağır roman.wav", 440.0)
    environment = os.environ | PLAIN | {"MMC_CACHE": str(tmp_path / "ön bellek")}
    for arguments in (
        ["extract", str(folder), "--out", str(folder / "özellikler.parquet")],
        ["predict", str(folder), "--model", "1", "--json"],
    ):
        command = [sys.executable, "-m", "mmc_core", *arguments]
        done = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["file"] == str(folder / "ağır roman.wav")
    table = pd.read_parquet(folder / "özellikler.parquet")
    assert table["path"].tolist() == [str(folder / "ağır roman.wav")]
    assert table["error"].isna().all()
