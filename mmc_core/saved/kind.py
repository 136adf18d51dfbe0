"""A kind of saved file: its content's type, and how files of earlier versions become it."""

from __future__ import annotations

import json
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
    """

    title: str
    content: type[Content]
    upgrades: tuple[Callable[[Values], Values], ...] = ()

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
            return self._adapter.validate_python(self.upgrade(values, name))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise DamagedFile(
                f"{name} is no {self.title} that this program knows: {where}: {first['msg']}."
            ) from error

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
            raise DamagedFile(f"{name} is no {self.title}: expected a JSON object with a schema.")
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
            raise DamagedFile(f"{name} is no {self.title} of schema {number}: {error}.") from error
        return values

    def to_json(self, content: Content) -> Values:
        """Return content as JSON, beginning with the schema's number."""
        values: Values = self._adapter.dump_python(content, mode="json")
        return {SCHEMA: self.schema, **values}

    def write(self, content: Content, path: Path, *, indent: int = 2) -> None:
        """Write content whole or not at all, but not over JSON whose numbers agree."""
        files.write_json(self.to_json(content), path, indent=indent)
