"""Draw matrices, rankings, maps and networks, and explore a network in JupyterLab."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
