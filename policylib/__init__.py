"""Turn policy documents into networks of provinces, initiatives and experts, and compare them.

Every edge is a statement with its place in a document. The public functions are listed by task in
``__init__.pyi``, with their types; each is loaded when it is first used. Each folder hands on the
functions of one subject (``policylib.coding.lint_codebook``).
"""

import lazy_loader

__version__ = "0.2.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
