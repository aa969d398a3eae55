"""How far coding by codebook can be trusted: the two languages of one report, coded apart.

`make evaluate` prints it. The texts are not distributed: POLICYLIB_CORPORA names their folder.
"""

import os
import sys
from pathlib import Path

import pandas as pd

import policylib as pl

ROOT = Path(__file__).resolve().parents[1]
CORPORA = Path(os.environ.get("POLICYLIB_CORPORA", ROOT.parent / "shared" / "corpora"))
PAIRS = CORPORA / "bilingual-reports" / "pairs-2024-2025.csv"
SHOWN = ["a", "b", "both", "precision", "recall", "f1", "kappa", "alpha", "low", "high"]


def level_of(codebook, level):
    """Map each code to the one above it at a level, or to itself if it stands above."""
    rank = {"theme": 0, "priority": 1, "item": 2}
    codes = codebook.set_index("id")
    found = {}
    for code in codes.index:
        up = code
        while rank[codes.loc[up, "level"]] > rank[level]:
            up = codes.loc[up, "broader"]
        found[code] = up
    return found


def coded(texts, codebook, level):
    """Code texts, and give one row per text and code at a level."""
    documents = pd.DataFrame({"document": "pairs", "paragraph": texts.index, "text": texts})
    hits = pl.find_terms(documents, codebook)
    return hits.assign(priority=hits["code"].map(level_of(codebook, level)))


def compare(pairs, codebook, level="priority"):
    """Measure how far the English side agrees with the Chinese one."""
    units = pd.DataFrame({"document": "pairs", "paragraph": pairs.index})
    chinese, english = (coded(pairs[side], codebook, level) for side in ("zh", "en"))
    table = pl.agreement(chinese, english, units=units).set_index("code")[SHOWN]
    sides = {"Chinese": chinese, "English": english}
    return table, {name: hits["paragraph"].nunique() / len(pairs) for name, hits in sides.items()}


def main():
    """Print the agreement of both years, over all and by theme, and of each frequent code."""
    if not PAIRS.exists():
        sys.exit(f"the bilingual reports are not at {PAIRS.parent}; POLICYLIB_CORPORA names them")
    codebook = pl.read_codebook()
    pairs = pd.read_csv(PAIRS, encoding="utf-8-sig")
    pd.set_option("display.width", 150, "display.max_columns", 20, "display.max_rows", 200)
    for year, use in ((2024, "to tune on"), (2025, "to report")):
        part = pairs[pairs["year"] == year].set_index("pair_id")
        table, shares = compare(part, codebook)
        told = ", ".join(f"{side} {share:.0%}" for side, share in shares.items())
        print(f"\nThe report of {year} ({use}): {len(part)} passages, coded: {told}")
        print(f"a is the Chinese side, b the English one; passages × {len(table) - 1} codes")
        print(table.loc[["overall"]].round(2).to_string())
        print("\nby theme")
        theme = pd.Series(level_of(codebook, "theme"))
        print(compare(part, codebook, "theme")[0].drop("overall").round(2).to_string())
        frequent = table[(table[["a", "b"]].max(axis=1) >= 20)].drop("overall")
        print(f"\ncodes with 20 passages or more on either side: {len(frequent) or 'none'}")
        print(
            frequent.assign(theme=theme.reindex(frequent.index))
            .sort_values("alpha")
            .round(2)
            .to_string()
        )


if __name__ == "__main__":
    main()
