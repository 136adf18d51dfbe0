"""The project's own modules."""

from __future__ import annotations

from mmc_core.settings import PROJECT

MODULES = {
    ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((PROJECT / "mmc_core").rglob("*.py"))
}
