"""Read, check and write the data package: the tables from which a policy network is built."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
