"""A newcomer's walk: every command that the documentation prints, run as it stands there."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from mmc_core.settings import PROJECT
from tests.support import walk

PAGES = {
    path.relative_to(PROJECT).as_posix(): path.read_text(encoding="utf-8")
    for path in [
        *sorted(PROJECT.glob("*.md")),
        *sorted(PROJECT.glob("docs/*.md")),
        *sorted(PROJECT.glob("data/*/README.md")),
    ]
}
WALKED = {name: found for name, text in PAGES.items() if (found := walk.commands(text))}
EXAMPLES = [name for name, text in PAGES.items() if ">>> " in text]


def test_every_page_for_newcomers_is_walked() -> None:
    for page in ("tutorial", "training", "own_data", "tagging", "library", "class_vote"):
        ran = [command for command in WALKED[f"docs/{page}.md"] if not command.is_left_out]
        assert ran, page
    assert [command for command in WALKED["README.md"] if command.line == "make app"]


def test_commands_are_read_with_their_outputs_and_marks() -> None:
    page = (
        "    make app     # all of it\n    mmc predict a b\n\n    not a command\n\n"
        "```console\n$ mmc list\nfirst 1\n...\nlast\n$ mmc two\n```\n"
        "```sh\nmmc train x    # takes hours\n# needs audio\nmmc study y\nmmc study z\n```\n"
        "```\nnothing\n```\n"
    )
    read = walk.commands(page)
    assert [command.line for command in read] == [
        *("make app", "mmc predict a b", "mmc list", "mmc two"),
        *("mmc train x", "mmc study y", "mmc study z"),
    ]
    assert read[2].shown == ("first 1", "...", "last")
    assert [command.line for command in read if command.is_left_out] == [
        "mmc train x",
        "mmc study y",
    ]


def test_shown_outputs_are_compared_but_for_numbers() -> None:
    printed = "happy 51 %  (-0.5)\nsad 3 %\nangry\n"
    assert walk.unlike(("happy 77 % (+0.25)", "...", "angry"), printed) is None
    assert walk.unlike(("sad 3 %", "happy 51 %  (-0.5)"), printed) == "happy 51 %  (-0.5)"
    assert walk.unlike(("relaxed 3 %",), printed) == "relaxed 3 %"


@pytest.mark.slow
@pytest.mark.parametrize("page", WALKED)
def test_every_command_works_as_printed(page: str, tmp_path: Path) -> None:
    newcomer = walk.Walk(tmp_path)
    wrong = [text for command in WALKED[page] if (text := newcomer.run(command))]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("page", EXAMPLES)
def test_every_example_prints_what_is_shown(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    blocks = re.findall(r"^```python\n(>>> .*?)^```$", PAGES[page], re.MULTILINE | re.DOTALL)
    example = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, page, 0)
    said: list[str] = []
    failed, attempted = doctest.DocTestRunner().run(example, out=said.append)
    assert attempted and not failed, "".join(said)
