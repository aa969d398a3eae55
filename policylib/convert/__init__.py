"""Read and write the files of other programs: network formats, statement tables and DNA."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
