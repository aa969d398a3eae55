"""What the documentation site needs beside Sphinx: generated pages, links, formulas, a check."""
