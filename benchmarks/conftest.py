"""A table of ratios at the end: how many times as long each peer takes."""

import statistics


def pytest_terminal_summary(terminalreporter, config):
    """Print one line per job: our median, the peer's, and their ratio."""
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
        ours = by_tool.pop("policylib")
        if not by_tool:
            write(f"{job:44} {ours:10.4f} s")
        for tool, theirs in by_tool.items():
            write(f"{job:44} {ours:10.4f} s {theirs:10.2f} s {theirs / ours:7.0f} × {tool}")
