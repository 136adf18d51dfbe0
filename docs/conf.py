"""The documentation's site: `make docs` writes it to `build/docs`, without a network.

Pages are the Markdown files of the repository where they lie, so the links that work there work
here. Only what code says is written at build time, to `docs/generated`: the reference, from
docstrings, and the gallery, from scripts.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.lexers.special import TextLexer
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import mmc_core  # noqa: E402
from tests.support import api  # noqa: E402

project = "MMC"
version = release = mmc_core.__version__
author = "The MMC developers"
html_title = "MMC, Music Mood Classification"

root_doc = "docs/index"
include_patterns = [
    "docs/*.md",
    "docs/notebooks/*.ipynb",
    "docs/generated/**.rst",
    "data/*/README.md",
    "models/*/card.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
]
exclude_patterns = [".*", "build", "mmc_core", "tests"]

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_click",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
highlight_language = "none"
default_role = "py:obj"

autodoc_typehints = "none"  # numpydoc's sections say them
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
copybutton_exclude = ".linenos, .gp, .go"

nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 1800

sphinx_gallery_conf: dict[str, Any] = {
    "examples_dirs": "docs/gallery",
    "gallery_dirs": "docs/generated/gallery",
    "filename_pattern": "/plot_",
    "download_all_examples": False,
    "show_signature": False,
    "min_reported_time": 1e9,
    "write_computation_times": False,
    "remove_config_comments": True,
    "abort_on_example_error": True,
    "image_srcset": ["2x"],
}

html_theme = "furo"
html_theme_options = {
    "light_logo": "logo-light.svg",
    "dark_logo": "logo-dark.svg",
    "sidebar_hide_name": True,
    "navigation_with_keys": True,
}
html_static_path = ["_static", "generated/static"]
html_css_files = ["site.css"]
html_extra_path = ["_root"]  # index.html, which leads to the first page
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False

GENERATED = ROOT / "docs" / "generated"
PUBLIC = {f"mmc.{name}": f"mmc_core.{name}" for name in mmc_core.__all__}


class LinkedNames(SphinxTransform):
    """`mmc.predict` in running text leads to its description."""

    default_priority = 500

    def apply(self, **kwargs: Any) -> None:
        for literal in list(self.document.findall(nodes.literal)):
            target = PUBLIC.get(literal.astext())
            if target is None or isinstance(
                literal.parent, nodes.reference | addnodes.pending_xref
            ):
                continue
            link = addnodes.pending_xref(
                "",
                literal.deepcopy(),
                refdomain="py",
                reftype="obj",
                reftarget=target,
                refexplicit=True,
                refdoc=self.env.docname,
            )
            literal.replace_self(link)


def _named(name: str) -> bool:
    return hasattr(getattr(mmc_core, name), "__qualname__")


def write_logos(folder: Path) -> None:
    """The app's, whose text follows the system, once for each theme that a reader may choose."""
    folder.mkdir(parents=True, exist_ok=True)
    logo = (ROOT / "mmc_core/ui/common/logo.svg").read_text(encoding="utf-8")
    for theme, colour in (("light", "#31333F"), ("dark", "#FAFAFA")):
        style = f"<style>text {{ fill: {colour}; }}</style>"
        text = re.sub(r"<style>.*</style>", style, logo, flags=re.DOTALL)
        (folder / f"logo-{theme}.svg").write_text(text, encoding="utf-8")


def public_name(app: Sphinx, env: Any, node: Any, content: Any) -> Any:
    """A link to a name, or to where it is defined, leads to its place in the reference."""
    homes = {api.home(name): name for name in mmc_core.__all__ if _named(name)}
    target = node.get("reftarget")
    name = homes.get(target, target.removeprefix("mmc."))
    if name not in mmc_core.__all__:
        return None
    return env.domains["py"].resolve_xref(
        env, node["refdoc"], app.builder, "obj", f"mmc_core.{name}", node, content
    )


def gallery_pages(app: Sphinx, docname: str, source: list[str]) -> None:
    """Links to scripts of the gallery lead to their pages, which are made of them."""
    made = r"](generated/gallery/\1.rst)"
    source[0] = re.sub(r"\]\(gallery/(plot_\w+)\.py\)", made, source[0])
    source[0] = source[0].replace("](gallery/README.txt)", "](generated/gallery/index.rst)")


def setup(app: Sphinx) -> None:
    app.add_lexer("csv", TextLexer)
    api.write_reference(GENERATED / "reference")
    write_logos(GENERATED / "static")
    app.add_transform(LinkedNames)
    app.connect("source-read", gallery_pages)
    app.connect("missing-reference", public_name)
