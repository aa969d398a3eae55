"""Read one damaged input, and judge what came of it: a result, a clear error or a fault."""

import dis
import os
import re
import tempfile
import traceback
import warnings
from contextlib import suppress
from pathlib import Path
from time import process_time
from types import TracebackType
from typing import NamedTuple

import psutil

import policylib
from tests.fuzz.damage import Files
from tests.fuzz.readers import ChangedError, Reader

LIBRARY = str(Path(policylib.__file__).parent) + os.sep
RAISE = dis.opmap["RAISE_VARARGS"]
CLEAR = (ValueError, KeyError, OSError, TypeError)  # types that docstrings announce


class Report(NamedTuple):
    """What came of an input."""

    number: int
    outcome: str  # "result", "clear error" or "fault"
    seconds: float = 0
    megabytes: float = 0
    kind: str = ""  # of a fault, by which equal ones are found
    detail: str = ""  # the message of an error, or for a fault all that is known


def judge(reader: Reader, number: int, seed: int) -> Report:
    """Read an input in a new folder, and return what came of it."""
    return judge_files(reader, reader.input(seed, number), number)


def judge_files(reader: Reader, files: Files, number: int = 0) -> Report:
    """Write files to a new folder, read them there, and return what came of it."""
    with tempfile.TemporaryDirectory() as name:
        folder, out, scratch = (Path(name, part) for part in ("input", "output", "scratch"))
        put(files, folder)
        out.mkdir()
        scratch.mkdir()
        tempfile.tempdir, usual = str(scratch), tempfile.tempdir
        forget_peak()
        start = used()
        try:
            outcome, kind, detail = _read(reader, files, folder, out)
        finally:
            tempfile.tempdir = usual
        seconds, megabytes = used() - start, peak()
        if outcome != "fault":
            left = _left(reader, files, folder, out, scratch)
            problems = {
                f"takes more than {reader.seconds} s": seconds > reader.seconds,
                f"takes more than {reader.megabytes} MB": megabytes > reader.megabytes,
                f"leaves files behind: {left}": left,
            }
            for problem in filter(problems.get, problems):
                outcome, kind, detail = "fault", problem, f"{problem}\n{detail}"
    return Report(number, outcome, seconds, megabytes, kind, detail)


def put(files: Files, folder: Path) -> None:
    """Write the files of an input."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def _read(reader: Reader, files: Files, folder: Path, out: Path) -> tuple[str, str, str]:
    """Return the outcome of reading, with the kind and the traceback of a fault."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = reader.read(folder, out)
            if reader.again is None:
                return "result", "", ""
            try:
                reader.again(value, out)
            except Exception as error:
                if not is_clear(error):
                    raise
                return "result", "", f"the writer refuses: {error}"
            return "result", "", ""
    except BaseException as error:
        if is_clear(error) and _names_input(str(error), reader, files, folder):
            return "clear error", "", str(error)
        return "fault", kind_of(error), "".join(traceback.format_exception(error))


def is_clear(error: BaseException) -> bool:
    """Return whether a statement `raise` of policylib has raised the error.

    An error that Python or a package raises within a line of policylib is not clear.
    """
    if not isinstance(error, CLEAR) or isinstance(error, UnicodeError):
        return False
    step = _innermost(error.__traceback__)
    code = step.tb_frame.f_code
    return code.co_filename.startswith(LIBRARY) and code.co_code[step.tb_lasti] == RAISE


def _names_input(message: str, reader: Reader, files: Files, folder: Path) -> bool:
    if reader.table is not None and message.startswith(f"{reader.table}, row "):
        return True
    return str(folder) in message or any(Path(name).name in message for name in files)


def _innermost(step: TracebackType) -> TracebackType:
    while step.tb_next is not None:
        step = step.tb_next
    return step


def kind_of(error: BaseException) -> str:
    """Return the type of an error, and the last line of policylib that it came through."""
    if isinstance(error, ChangedError):
        return "ChangedError"
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(LIBRARY)]
    where = "the harness"
    if ours:
        where = f"{ours[-1].filename.removeprefix(LIBRARY)}, {ours[-1].name}"
    return f"{type(error).__name__} in {where}"


def _left(reader: Reader, files: Files, folder: Path, out: Path, scratch: Path) -> list[str]:
    """Return the files that reading has made or changed, where it should not."""
    found = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
    left = [f"scratch/{path.name}" for path in scratch.iterdir()]
    left += [path.name for path in out.iterdir() if path.name.startswith(".")]
    if not reader.changes_input:
        left += sorted(found.keys() ^ files.keys())
        left += [n for n, path in found.items() if n in files and path.read_bytes() != files[n]]
    return left


# --- The time and memory of this process and of those that it has started, on Linux. -------------


def _processes() -> list[str]:
    tasks = Path("/proc/self/task").glob("*/children")
    return ["self", *(pid for task in tasks for pid in task.read_text(encoding="utf-8").split())]


def used() -> float:
    """Return the seconds of the processor that they have used."""
    seconds = process_time()
    for pid in _processes()[1:]:
        with suppress(psutil.Error):  # the process has just ended
            seconds += sum(psutil.Process(int(pid)).cpu_times()[:2])
    return seconds


def forget_peak() -> None:
    """Begin anew to measure the most memory."""
    for pid in _processes():
        with suppress(OSError):
            Path("/proc", pid, "clear_refs").write_text("5", encoding="utf-8")


def peak() -> float:
    """Return the most memory since then, in megabytes."""
    total = 0
    for pid in _processes():
        with suppress(OSError):
            status = Path("/proc", pid, "status").read_text(encoding="utf-8")
            total += sum(map(int, re.findall(r"VmHWM:\s+(\d+)", status)))
    return total / 1000
