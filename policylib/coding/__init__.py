"""Code paragraphs by the terms of a codebook, and measure the agreement of coders."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
