"""smastn: micro-expression recognition with SMA-STN.

Importing the package imports nothing heavy; each room is imported by name,
as in ``from smastn.methods.predictor import Predictor``.
"""

__version__ = "0.1.0"
