"""Pages as Streamlit runs them, without a browser."""

from __future__ import annotations

import json
from functools import cache
from html import unescape
from typing import Any

import pandas as pd
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from mmc_core.settings import PROJECT

# Streamlit looks through all installed packages for every AppTest, which takes as long as a page.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)


def page(name: str, **query: str | list[str]) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[key.replace("_", "-")] = value
    app.switch_page(f"pages/{name}.py").run()
    assert not app.exception, app.exception
    return app


def frame(element: Any) -> pd.DataFrame:
    value: pd.DataFrame = element.value
    return value


def words(app: AppTest) -> str:
    """All that the page says in text."""
    elements = [*app.title, *app.header, *app.subheader, *app.markdown, *app.caption]
    elements += [*app.info, *app.warning, *app.error]
    html = [element.proto.body for element in app.get("html")]
    return unescape("\n".join([*(str(element.value) for element in elements), *html]))


def component(app: AppTest, name: str) -> dict[str, Any]:
    """The data that a component of ours is drawn from."""
    (proto,) = [
        each.proto
        for each in app.get("bidi_component")
        if each.proto.component_name == f"mmc.{name}"
    ]
    data: dict[str, Any] = json.loads(proto.json)
    return data
