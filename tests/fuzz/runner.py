"""Try damaged inputs in processes of their own, within limits of time and memory."""

import json
import os
import select
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import psutil

from tests.fuzz.readers import Reader
from tests.fuzz.verdict import Report, judge, put

CHUNK = 500  # inputs that one process reads
HEADROOM = 3 * 2**30  # bytes of address space that an input may take before Python stops it


PATIENCE = 12  # how many times the allowed time a process may take by the clock


class Work(NamedTuple):
    """Some inputs of a reader."""

    reader: Reader
    numbers: range


class _Process:
    """A process that reads inputs one after the other, and reports each on a pipe."""

    def __init__(self, work: Work, seed: int) -> None:
        self.reader, self.left = work.reader, list(work.numbers)
        self.pipe, end = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self.pipe)
            _serve(work, seed, end)
        os.close(end)
        self.text = b""
        self._begin()

    def _begin(self) -> None:
        """Begin anew to measure the time of an input."""
        self.used = self.waited = 0.0
        self.checked = monotonic()

    def reports(self) -> Iterator[Report]:
        """Yield what the process has reported, or that it has ended."""
        data = os.read(self.pipe, 2**20)
        self._begin()
        *lines, self.text = (self.text + data).split(b"\n")
        for line in lines:
            self.left.pop(0)
            yield Report(*json.loads(line))
        if not data:
            yield from self.end("ends the process")

    def is_late(self) -> bool:
        """Return whether an input takes too long, of the processor or, if it waits, of the clock.

        Other programs may take most of the processor, so the clock alone would accuse sound inputs.
        """
        used = 0.0
        for process in self._all():
            with suppress(psutil.Error):
                used += sum(process.cpu_times()[:2])
        self.used = self.used or used  # when it was asked first, after less than a second
        # If all programs were paused for a while, that counts as a second.
        self.waited += min(monotonic() - self.checked, 1)
        self.checked = monotonic()
        return max(used - self.used, self.waited / PATIENCE) > self.reader.seconds

    def _all(self) -> list[psutil.Process]:
        own = psutil.Process(self.pid)
        return [own, *own.children(recursive=True)]

    def end(self, problem: str) -> Iterator[Report]:
        """End the process and those that it started; what it was reading is a fault."""
        if problem.startswith("takes"):
            for process in self._all():
                process.kill()
        os.close(self.pipe)
        _, status = os.waitpid(self.pid, 0)
        self.pipe = -1
        if self.left:
            kind = problem
            if problem == "ends the process" and os.WIFSIGNALED(status):
                kind = f"{problem} by {signal.Signals(os.WTERMSIG(status)).name}"
            yield Report(self.left.pop(0), "fault", self.waited, 0, kind, kind)


def _serve(work: Work, seed: int, pipe: int) -> None:
    """Read inputs in the new process, and never return."""
    import resource

    code = 1
    try:
        used = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (used + HEADROOM, resource.RLIM_INFINITY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        quiet = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(quiet, stream)
        for number in work.numbers:
            line = json.dumps(judge(work.reader, number, seed)).encode() + b"\n"
            while line:
                line = line[os.write(pipe, line) :]
        code = 0
    finally:
        os._exit(code)


def run(work: Iterable[Work], seed: int, jobs: int) -> Iterator[tuple[Reader, Report]]:
    """Yield a report for each input, in the order in which they end."""
    waiting = _chunks(work)
    again: list[Work] = []
    running: list[_Process] = []
    while True:
        while len(running) < jobs and (part := again.pop() if again else next(waiting, None)):
            running.append(_Process(part, seed))
        if not running:
            return
        ready, _, _ = select.select([process.pipe for process in running], [], [], 0.5)
        for process in running:
            if process.pipe in ready:
                found = list(process.reports())
            elif process.is_late():
                found = list(process.end(f"takes more than {process.reader.seconds} s"))
            else:
                continue
            yield from ((process.reader, report) for report in found)
            if process.pipe < 0 and process.left:
                numbers = range(process.left[0], process.left[-1] + 1)
                again.append(Work(process.reader, numbers))
        running = [process for process in running if process.pipe >= 0]


def _chunks(work: Iterable[Work]) -> Iterator[Work]:
    for reader, numbers in work:
        reader.input(0, 0)  # makes the seeds, once for all processes
        for start in range(0, len(numbers), CHUNK):
            yield Work(reader, numbers[start : start + CHUNK])


class Summary:
    """The table of what came of all inputs, and the kinds of faults."""

    def __init__(self, readers: Iterable[Reader], seed: int, place: Path, program: str) -> None:
        self.seed, self.place, self.program = seed, place, program
        self.outcomes = {reader.name: Counter[str]() for reader in readers}
        self.slowest: Counter[str] = Counter()
        self.largest: Counter[str] = Counter()
        self.kinds: dict[tuple[str, str], list[Report]] = {}

    def add(self, reader: Reader, report: Report) -> None:
        """Count a report; save the first inputs of each kind of fault."""
        name = reader.name
        self.outcomes[name][report.outcome] += 1
        self.slowest[name] = max(self.slowest[name], report.seconds)
        self.largest[name] = max(self.largest[name], report.megabytes)
        if report.outcome == "fault":
            equal = self.kinds.setdefault((name, report.kind), [])
            equal.append(report)
            if len(equal) == 1:  # the table comes only at the end
                print(f"{name} {report.number}: {report.kind}", file=sys.stderr, flush=True)
            if len(equal) <= 3:
                save(reader, report, self.seed, self.place)

    @property
    def faults(self) -> int:
        return sum(counts["fault"] for counts in self.outcomes.values())

    def __str__(self) -> str:
        """Return the table as text, then each kind of fault with a command that repeats it."""
        head = ("reader", "inputs", "results", "clear errors", "faults", "slowest s", "largest MB")
        rows = [
            (
                name,
                f"{counts.total():,}",
                *(f"{counts[outcome]:,}" for outcome in ("result", "clear error", "fault")),
                f"{self.slowest[name]:.1f}",
                f"{self.largest[name]:.0f}",
            )
            for name, counts in self.outcomes.items()
        ]
        lines = ["{:20}{:>9}{:>9}{:>14}{:>8}{:>11}{:>12}".format(*row) for row in (head, *rows)]
        for (name, kind), reports in self.kinds.items():
            number = reports[0].number
            command = f"{self.program} --seed {self.seed} --reader {name} --input {number}"
            lines += ["", f"{name}: {len(reports)} × {kind}", f"  {command}"]
        return "\n".join(lines)


def save(reader: Reader, report: Report, seed: int, place: Path) -> Path:
    """Write an input and what came of it to a folder."""
    folder = place / f"{reader.name}-{seed}-{report.number}"
    put(reader.input(seed, report.number), folder)
    (folder / "report.txt").write_text(
        f"{report.kind}\n\n{report.detail}", encoding="utf-8", errors="backslashreplace"
    )
    return folder
