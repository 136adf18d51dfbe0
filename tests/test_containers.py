"""The Dockerfile and compose.yaml, read: what no engine runs in the tests."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import mmc_core
from mmc_core.settings import PROJECT
from tests.test_package import CONFIG

DOCKERFILE = (PROJECT / "Dockerfile").read_text(encoding="utf-8")


def instructions(name: str) -> list[str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return re.findall(rf"^{name} +(.+)$", joined, re.MULTILINE)


@pytest.fixture(scope="module")
def services() -> Any:
    yaml = pytest.importorskip("yaml", reason="needs PyYAML")
    return yaml.safe_load((PROJECT / "compose.yaml").read_text(encoding="utf-8"))["services"]


def test_hadolint_finds_nothing() -> None:
    beside = Path(sys.executable).with_name("hadolint")
    found = str(beside) if beside.exists() else shutil.which("hadolint")
    if found is None:
        pytest.skip("needs hadolint on the PATH")
    done = subprocess.run([found, PROJECT / "Dockerfile"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_image_is_pinned_and_not_root_s() -> None:
    images = {line.split()[0] for line in instructions("FROM")}
    assert len(images) == 1
    (image,) = images
    version = re.fullmatch(r"python:(\d+\.\d+)\.\d+-slim-\w+", image)
    assert (
        version
        and f"Programming Language :: Python :: {version[1]}" in (CONFIG["project"]["classifiers"])
    )
    last_user = instructions("USER")[-1]
    assert not last_user.startswith(("0", "root"))
    assert DOCKERFILE.rindex("\nUSER ") > DOCKERFILE.rindex("\nRUN ")
    assert not instructions("ADD")
    for command in instructions("RUN"):
        assert "pip install" not in command or "--no-cache-dir" in command


def test_every_package_is_locked_with_the_hashes_of_its_files() -> None:
    text = (PROJECT / ".ci" / "requirements.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"^([\w.-]+)==(\S+) \\$", text, re.MULTILINE))
    pins = (PROJECT / "requirements.txt").read_text(encoding="utf-8")
    for name, version in re.findall(r"^([\w-]+)==(\S+)", pins, re.MULTILINE):
        assert locked[name.lower()] == version, f"{name}: run `make lock`"
    for entry in re.split(r"\n(?=\w)", text):
        if not entry.startswith("#"):
            assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry
    installs = [command for command in instructions("RUN") if "requirements" in command]
    assert installs and all("--require-hashes" in command for command in installs)


def test_the_app_listens_where_its_health_is_asked() -> None:
    (port,) = instructions("EXPOSE")
    assert f"localhost:{port}/_stcore/health" in instructions("HEALTHCHECK")[0]
    assert instructions("CMD")[-1] == '["mmc", "app", "--network"]'


def test_the_build_sees_what_the_package_is_made_of_and_no_more() -> None:
    lines = (PROJECT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    seen = {line[1:] for line in lines if line.startswith("!")}
    wheel = CONFIG["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {"pyproject.toml", ".ci/requirements.lock", "README.md", "LICENSE"}
    needed.update(wheel["packages"])
    for path in wheel["force-include"]:
        folder = path.split("/")[0]
        needed.add(".streamlit/config.toml" if folder == ".streamlit" else folder)
    assert seen == needed
    for path in seen:
        assert (PROJECT / path).exists(), path


def test_services_may_do_no_more_than_they_must(services: Any) -> None:
    assert set(services) == {"app", "scheduler", "worker"}
    assert services["worker"]["deploy"]["replicas"] == 2
    for service in services.values():
        assert service["image"] == f"mmc:{mmc_core.__version__}"
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] and not service.get("privileged")
        assert "no-new-privileges:true" in service["security_opt"]
        assert service["mem_limit"]
        assert any(volume.endswith(":/music:ro") for volume in service["volumes"])
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


@pytest.mark.parametrize("name", ["scheduler", "worker"])
def test_dask_knows_the_commands(services: Any, name: str) -> None:
    program = pytest.importorskip(f"distributed.cli.dask_{name}", reason="needs Dask")
    dask, command, *arguments = services[name]["command"]
    assert (dask, command) == ("dask", name)
    context = program.main.make_context(name, list(arguments))
    if name == "worker":
        assert context.params["scheduler"] == "tcp://scheduler:8786"
    assert context.params["dashboard"] is False
