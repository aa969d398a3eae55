"""The register of a folder: the actor, role and dates of each document."""

from pathlib import PurePosixPath

import pandas as pd

from policylib._util.faults import DataError, Faults
from policylib._util.names import first_of, nearest, require_columns
from policylib._util.warn import warn
from policylib.corpus.columns import SPEAKER, check_cells, misnamed_columns
from policylib.corpus.rows import Problem
from policylib.documents.files import READERS

READ = ("document", *SPEAKER)


def read_register(
    register: pd.DataFrame, ids: set[str], actor: str
) -> tuple[dict[str, tuple[str | None, ...]], list[Problem]]:
    """Return the cells of SPEAKER for each document, and the documents that have no file."""
    require_columns(register, "document")
    doubts = misnamed_columns("the register", register.columns, actor, READ)
    if not {*SPEAKER} & {*register.columns}:
        more = f"; {doubts}" if doubts else ""
        raise ValueError(f"the register has none of the columns {', '.join(SPEAKER)}{more}")
    if doubts:
        warn(f"the register: {doubts}")
    if register.empty:
        raise ValueError("the register has no rows")
    cells = _checked(register.set_axis(range(1, len(register) + 1)), ids)
    names = cells["document"]
    unknown = _unknown_documents(names, ids)
    if missing := sorted(ids.difference(names)):
        lack = f"no row for {len(missing)} of {len(ids)} files"
        warn(f"the register has {lack}: {first_of(missing)}")
    nameless = names[cells["actor"].isna() & ("actor" in register) & (actor == "document")]
    if alone := sorted(ids.intersection(nameless)):
        lack = f"no actor for {len(alone)} of {len(ids)} files, which are their own actors"
        warn(f"the register names {lack}: {first_of(alone)}")
    speakers = cells[[*SPEAKER]].astype("object").where(cells[[*SPEAKER]].notna(), None)
    return dict(zip(names, speakers.itertuples(index=False, name=None), strict=True)), unknown


def _checked(register: pd.DataFrame, ids: set[str]) -> pd.DataFrame:
    """Return the cells of the register, or raise an error that lists all faults."""
    cells, wrong = check_cells(register, READ)
    # White space around a name is removed, unless the name of a file really has it.
    names = cells["document"].str.normalize("NFC")  # as those of files
    names = names.where(names.isin(ids), names.str.strip())
    faults = Faults()
    for row, column, problem in wrong:
        document = f"; the document is {names[row]!r}" if pd.notna(names[row]) else ""
        faults.add("the register", row, column, problem + document)
    for row in names.index[names.duplicated() & names.notna()].to_list():
        faults.add("the register", row, "document", f"an earlier row has {names[row]!r} too")
    if faults:
        raise DataError(faults.to_frame(), "the register")
    return cells.assign(document=names)


def _unknown_documents(names: "pd.Series[str]", ids: set[str]) -> list[Problem]:
    """Return the documents that have no file, or raise if none has one."""
    unknown = sorted(names[~names.isin(ids)])
    alike = {_plain(id_): id_ for id_ in sorted(ids)} if unknown else {}
    meant = [alike.get(_plain(name)) for name in unknown]
    hints = [f"; did you mean {id_!r}?" if id_ else "" for id_ in meant]
    if len(unknown) == len(names):
        hint = hints[0] or nearest(unknown[0], tuple(sorted(ids)))
        raise ValueError(f"the register has no row for any file; it has {unknown[0]!r}{hint}")
    problem = "listed in the register, but no such file was found"
    return [Problem(name, None, problem + hint) for name, hint in zip(unknown, hints, strict=True)]


def _plain(name: str) -> str:
    r"""Return a name in the usual form: slashes, lower case, no extension.

    Examples
    --------
    >>> _plain("./Henan\\Report.TXT")
    'henan/report'
    """
    path = PurePosixPath(name.replace("\\", "/").lower())
    return str(path.with_suffix("") if path.suffix in READERS else path)
