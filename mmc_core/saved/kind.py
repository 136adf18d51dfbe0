"""A kind of saved file: its content's type, and how files of earlier versions become it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from mmc_core import files
from mmc_core.errors import DamagedFile, NewerFile

Content = TypeVar("Content")
Values = dict[str, Any]  # JSON as it was read, before it is checked
SCHEMA = "schema"  # the key of the number; files that were written before there was one have none


class WithFormerKeys:
    """What was a dict once: its values can be had by key as before, with a warning."""

    def __getitem__(self, key: str) -> Any:
        warnings.warn(
            f'Use .{key} in place of ["{key}"], which will go (docs/interfaces.md says when).',
            DeprecationWarning,
            stacklevel=2,
        )
        try:
            return getattr(self, key)
        except AttributeError as error:
            raise KeyError(key) from error


@dataclass(frozen=True)
class Kind(Generic[Content]):
    """One kind of JSON file.

    Parameters
    ----------
    title : str
        What messages call such a file, such as "run".
    content : type
        The dataclass that is made of it.
    upgrades : tuple of callable
        What brings the JSON of schema 1 to schema 2, that of 2 to 3 and so on; upgrades are only
        ever added. A file without a number is of schema 1.
    leaves_out_none : bool
        Whether what is None is left out of the file.
    """

    title: str
    content: type[Content]
    upgrades: tuple[Callable[[Values], Values], ...] = ()
    leaves_out_none: bool = False

    @property
    def schema(self) -> int:
        """The number of the newest schema, which is written."""
        return len(self.upgrades) + 1

    @cached_property
    def _adapter(self) -> TypeAdapter[Content]:
        return TypeAdapter(self.content)

    def read(self, path: Path) -> Content:
        """Return a file's content, upgraded.

        Raises
        ------
        OSError
            If the file cannot be read.
        DamagedFile
            If it is no JSON, or not of this kind.
        NewerFile
            If a newer version of the program wrote it.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:  # bad JSON and bad Unicode are values
            raise DamagedFile(f"{path.name} of the {self.title} is no JSON: {error}.") from error
        return self.parse(values, path.name)

    def parse(self, values: Any, name: str) -> Content:
        """Return the content that JSON stands for, upgraded.

        Parameters
        ----------
        values : object
            What was read.
        name : str
            What messages call the file.

        Raises
        ------
        DamagedFile
            If it is not of this kind.
        NewerFile
            If a newer version of the program wrote it.
        """
        try:
            text = json.dumps(self.upgrade(values, name), ensure_ascii=False)
            # A name in a sentence may have bytes that are not Unicode: they become question marks.
            return self._adapter.validate_json(text.encode(errors="replace"), strict=True)
        except ValidationError as error:
            problems = error.errors()
            missing = [_place(each) for each in problems if each["type"] == "missing"]
            first = f"{_place(problems[0])}: {problems[0]['msg'].removeprefix('Value error, ')}"
            what = f"lacks {', '.join(missing)}" if missing else f"cannot be used ({first})"
            raise DamagedFile(f"{name} of the {self.title} {what}.") from error

    def upgrade(self, values: Any, name: str) -> Values:
        """Return JSON as the newest schema has it, without the schema's number.

        Raises
        ------
        DamagedFile
            If it is no JSON object, or lacks what an upgrade needs.
        NewerFile
            If a newer version of the program wrote it.
        """
        number = values.get(SCHEMA, 1) if isinstance(values, dict) else None
        if type(number) is not int or number < 1:
            raise DamagedFile(f"{name} of the {self.title} is no JSON object with a schema.")
        if number > self.schema:
            raise NewerFile(
                f"{name} was written by a newer version of this program: it is a {self.title} of "
                f"schema {number}, and this version knows schemas up to {self.schema}. Update the "
                "program."
            )
        values = {key: value for key, value in values.items() if key != SCHEMA}
        try:
            for step in self.upgrades[number - 1 :]:
                values = step(values)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise DamagedFile(
                f"{name} of the {self.title} cannot be used as one of schema {number} ({error})."
            ) from error
        return values

    def to_json(self, content: Content) -> Values:
        """Return content as JSON, beginning with the schema's number."""
        return {SCHEMA: self.schema, **self.values(content)}

    def values(self, content: Content) -> Values:
        """Return content as JSON without the schema's number, as commands print it."""
        values: Values = self._adapter.dump_python(
            content, mode="json", by_alias=True, exclude_none=self.leaves_out_none
        )
        return values

    def write(self, content: Content, path: Path, *, indent: int = 2) -> None:
        """Write content whole or not at all, but not over JSON whose numbers agree."""
        files.write_json(self.to_json(content), path, indent=indent)


def _place(problem: Any) -> str:
    """Return where in a file a problem lies, such as "protocol.folds"."""
    return ".".join(map(str, problem["loc"]))
