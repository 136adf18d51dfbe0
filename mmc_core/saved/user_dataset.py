"""`about.json` of a dataset that a person built: what it is called, and what it was made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import ConfigDict

from mmc_core.saved.kind import Kind


@dataclass(frozen=True, kw_only=True)
class AboutDataset:
    """What is known of a dataset beside its tables.

    `name` is as its maker gave it, "" in files of the first versions. `kind` says what it was made
    from (`datasets.user.source`), `made` when (ISO 8601). `clips`, and how many of them are `short`
    and have `named_groups`; `compared` says whether nearly equal clips were looked for. `problems`
    counts what could not be used; `said` are the first of them in words, `notes` what to know of
    the rest.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    name: str = ""
    id: str
    title: str
    kind: str
    made: str
    clips: int
    short: int
    named_groups: int
    compared: bool
    problems: int
    said: list[str]
    notes: list[str] = field(default_factory=list)


ABOUT_DATASET = Kind("dataset", AboutDataset)
FILE_NAME = "about.json"
