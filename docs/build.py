"""Build the documentation site from the committed texts, docstrings and notebook outputs.

`python docs/build.py build/docs` writes the pages to build/docs, with warnings as errors, and
checks that they load nothing from another server. With `--links`, it checks the links to other
sites instead, which needs the network.
"""

import argparse
import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from builder import assets, staging  # noqa: E402


def main() -> None:
    """Gather the sources, run Sphinx, and check the result."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="the folder for the pages")
    parser.add_argument("--links", action="store_true", help="check links to other sites instead")
    args = parser.parse_args()
    site = args.folder.resolve()
    work = site.with_name(f"{site.name}-sources")
    for folder in (site, work):
        shutil.rmtree(folder, ignore_errors=True)
    sources = staging.stage(work)
    options = ["-q", "--fail-on-warning", "--nitpicky", "--jobs", "auto"]
    options += ["--builder", "linkcheck" if args.links else "html"]
    options += ["--doctree-dir", str(work / "doctrees")]
    failed = build_main([*options, str(sources), str(site)])
    faults = [] if failed or args.links else sorted(assets.faults(site))
    for fault in faults:
        print(fault, file=sys.stderr)
    if failed or faults:
        sys.exit("The site has faults; see above.")
    print(f"Open {args.folder / 'index.html'}" if not args.links else "All links work.")


if __name__ == "__main__":
    main()
