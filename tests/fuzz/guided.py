"""Look for faults with atheris, which prefers inputs that reach new lines of policylib.

`python -m tests.fuzz.guided net -max_total_time=600`; the options are those of libFuzzer. It stops
at the first fault and saves the input as `crash-…`. It is for readers of a single file. Atheris is
not a dependency, because only some systems have a wheel: `pip install atheris`.
"""

import sys
from random import Random

from tests.fuzz import load_all


def main(name: str, options: list[str]) -> None:
    """Change the seeds of a reader until one of the inputs is a fault."""
    import atheris

    with atheris.instrument_imports(include=["policylib"]):
        load_all()
        from tests.fuzz.damage import damaged
        from tests.fuzz.readers import READERS
        from tests.fuzz.verdict import judge_files

    (reader,) = (reader for reader in READERS if reader.name == name)
    sound = [files for files in reader.seeds() if len(files) == 1]
    (file,) = sound[0]

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        files = {file: data} if len(data) > 1 and random.random() < 0.9 else random.choice(sound)
        return damaged(files, sound, random)[file][:most]

    def read(data: bytes) -> None:
        report = judge_files(reader, {file: data})
        if report.outcome == "fault":
            raise AssertionError(report.detail)

    atheris.Setup([sys.argv[0], *options], read, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
