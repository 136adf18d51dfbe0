"""CPU that tests take, with all processes they wait for: `--cpu 30` prints the costliest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator

import pytest

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

SECONDS = "cpu_s"
BEGAN = pytest.StashKey[float]()


def used() -> float:
    """Return the seconds of CPU that this process, and children that it waited for, have used."""
    if resource is None:
        return 0.0
    both = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cpu", type=int, default=0, metavar="N", help="print the N tests that take the most CPU"
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    item.stash.setdefault(BEGAN, used())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    if call.when == "teardown":
        item.user_properties.append((SECONDS, used() - item.stash.get(BEGAN, used())))
    return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_line(f"{used() / 60:.1f} minutes of CPU")
    wanted = terminalreporter.config.getoption("cpu")
    if not wanted:
        return
    tests: dict[str, float] = {}
    files: defaultdict[str, float] = defaultdict(float)
    for reports in terminalreporter.stats.values():
        for report in reports:
            for key, seconds in getattr(report, "user_properties", []):
                if key == SECONDS:
                    tests[report.nodeid] = seconds
    for name, seconds in tests.items():
        files[name.partition("::")[0]] += seconds
    for what, times in (("tests", tests), ("files", files)):
        terminalreporter.write_line(f"CPU seconds of {what}, the most first")
        for name, seconds in sorted(times.items(), key=lambda each: -each[1])[:wanted]:
            terminalreporter.write_line(f"{seconds:8.2f}  {name}")
