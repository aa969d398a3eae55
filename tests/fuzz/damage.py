"""Change the files of an input at random, by the changes that fit their endings."""

from collections.abc import Sequence
from random import Random

from tests.fuzz.changes import (
    BYTES,
    CSV,
    TEXT,
    XML,
    Change,
    change_json,
    change_json_line,
    change_word,
    place_in,
)
from tests.fuzz.containers import PARQUET, SQLITE, ZIP

Files = dict[str, bytes]

CHANGES: dict[str, list[Change]] = {
    **dict.fromkeys((".html", ".graphml", ".gexf", ".qdc"), XML),
    ".md": TEXT + XML,
    **dict.fromkeys((".docx", ".qdpx"), ZIP),
    ".json": [change_json, change_json, change_json, change_word],
    ".jsonl": [change_json_line, change_json_line, change_json_line, change_word],
    ".csv": CSV,
    ".dna": SQLITE,
    ".parquet": PARQUET,
}


def damaged(files: Files, others: Sequence[Files], random: Random) -> Files:
    """Return files with a few changes; `others` are seeds from which pieces may come."""
    changed = dict(files)
    for _ in range(random.choice((1, 1, 1, 1, 2, 4))):
        name = random.choice(sorted(changed))
        # Changed bytes are mostly refused at once, while a changed part is read to the end.
        kinds = BYTES if random.random() < 0.2 else CHANGES.get(_ending(name), TEXT)
        change = random.choice(kinds)
        if random.random() < 0.05:
            change = _splice_with(name, others, random)
        try:
            changed[name] = change(changed[name], random)
        except Exception:  # an earlier change may have made it unreadable
            changed[name] = random.choice(BYTES)(changed[name], random)
    return changed


def _ending(name: str) -> str:
    return "." + name.rpartition(".")[2]


def _splice_with(name: str, others: Sequence[Files], random: Random) -> Change:
    """Return a change that ends a file like a file of another seed."""
    ends = [
        data for files in others for own, data in files.items() if _ending(own) == _ending(name)
    ]
    end = random.choice(ends)
    return lambda data, random: data[: place_in(data, random)] + end[place_in(end, random) :]
