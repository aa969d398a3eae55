"""Policy documents as networks of provinces, initiatives and experts.

Every edge is a statement with its place in a document. The public functions are listed, with
their types, in ``__init__.pyi``; each module is imported when one of its names is first used.
"""

import lazy_loader

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
