"""Fixtures that measure time and memory, and a table that compares policylib with its peers."""

import statistics
import tracemalloc

import pytest


@pytest.fixture
def measure(benchmark):
    """Time a tool at a job; `scale` multiplies the time of a peer that did part of the work."""

    def timed(job, tool, call, *, rounds=5, warmup=1, scale=1):
        benchmark.group = job
        benchmark.extra_info.update(tool=tool, scale=scale)
        return benchmark.pedantic(call, rounds=rounds, warmup_rounds=warmup)

    return timed


@pytest.fixture
def peak_memory(capsys):
    """Print and return the peak of memory of a call, in bytes."""

    def measured(job, call, *args, **kwargs):
        tracemalloc.start()
        call(*args, **kwargs)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        with capsys.disabled():
            print(f"\npeak memory, {job}: {peak / 1e6:.0f} MB")
        return peak

    return measured


def pytest_terminal_summary(terminalreporter, config):
    """Print one line per job and peer: the median of policylib, that of the peer, and the ratio."""
    session = getattr(config, "_benchmarksession", None)
    if session is None or not session.benchmarks:
        return
    medians: dict[str, dict[str, float]] = {}
    for benchmark in session.benchmarks:
        scale = benchmark.extra_info.get("scale", 1)
        median = statistics.median(benchmark.stats.data) * scale
        medians.setdefault(benchmark.group, {})[benchmark.extra_info["tool"]] = median
    write = terminalreporter.write_line
    write("")
    write(f"{'job':44} {'policylib':>12} {'peer':>12} {'ratio':>9}")
    for job, by_tool in medians.items():
        ours = by_tool.pop("policylib", None)
        if ours is None:  # left out by -k
            continue
        if not by_tool:
            write(f"{job:44} {ours:10.4f} s")
        for tool, theirs in by_tool.items():
            write(f"{job:44} {ours:10.4f} s {theirs:10.4f} s {theirs / ours:7.1f} × {tool}")
