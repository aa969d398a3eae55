"""Weigh discourse networks as the Discourse Network Analyzer does, and find their groups."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
