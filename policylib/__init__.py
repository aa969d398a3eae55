"""Turn policy documents into networks of provinces, initiatives and experts, and compare them.

Every edge is a statement with its place in a document. ``__init__.pyi`` lists the main functions by
task; each is loaded when it is first used. All functions are also in the folders of their subjects,
for example ``policylib.coding.lint_codebook``.
"""

import lazy_loader

__version__ = "0.2.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
