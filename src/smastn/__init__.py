"""smastn: micro-expression recognition with SMA-STN.

The names listed in ``__all__`` are the public API; each is imported when it is first used, so
that importing the package is quick. Everything else is private and may change.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
