"""Read damaged files with every reader, and print a table of inputs and faults.

`python -m tests.fuzz` tries them all; `--reader docx --input 1234` repeats one input and saves it.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.fuzz import load_all
from tests.fuzz.readers import READERS, Reader
from tests.fuzz.runner import Summary, Work, run, save

PLACE = Path("build", "fuzz")
JOBS = 2


def main(
    readers: Sequence[Reader], program: str = "python -m tests.fuzz", argv: list[str] | None = None
) -> int:
    """Run the command, and return the number of faults, at most 1."""
    names = {reader.name: reader for reader in readers}
    parser = argparse.ArgumentParser(prog=program, description=__doc__)
    parser.add_argument("--reader", action="append", choices=names, help="only this reader")
    parser.add_argument("--input", type=int, help="repeat the input of this number")
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--most", type=int, default=10**9, help="the most inputs for each reader")
    parser.add_argument("--seed", type=int, default=0, help="another seed makes other inputs")
    parser.add_argument("--jobs", type=int, default=JOBS, help="processes at the same time")
    parser.add_argument("--place", type=Path, default=PLACE, help="where inputs are saved")
    options = parser.parse_args(argv)
    chosen = [names[name] for name in options.reader or names]
    if options.input is not None:
        for reader in chosen:
            work = [Work(reader, range(options.input, options.input + 1))]
            ((_, report),) = run(work, options.seed, 1)
            print(f"{reader.name} {report.number}: {report.outcome} {report.kind}")
            print(report.detail)
            print(f"in {save(reader, report, options.seed, options.place)}")
        return report.outcome == "fault"
    summary = Summary(chosen, options.seed, options.place, program)
    work = [
        Work(reader, range(options.first, options.first + min(options.most, reader.inputs)))
        for reader in chosen
    ]
    with suppress(KeyboardInterrupt):  # then print what was read so far
        for reader, report in run(work, options.seed, options.jobs):
            summary.add(reader, report)
    print(summary)
    return min(summary.faults, 1)


if __name__ == "__main__":
    load_all()
    sys.exit(main(READERS))
