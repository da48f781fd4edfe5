"""Errors that a user can correct, each reported in one sentence.

Every message has three parts: what was seen, what was wanted, and what to do
next. Only commands and the server catch them; commands then end in exit code 2.
"""


class SmastnError(Exception):
    """Base class of all errors that a user can correct."""


class InputError(SmastnError):
    """A path, a video, a folder of frames or a table is not as required."""


class FaceError(SmastnError):
    """No face was found where one is needed, or it was lost."""


class ConfigError(SmastnError):
    """A setting is unknown, or its value cannot be used."""


class AssetError(SmastnError):
    """A model file is missing, altered, or could not be fetched."""


class CheckpointError(SmastnError):
    """A checkpoint cannot be used with this version or these settings."""


class MetricError(SmastnError):
    """A score is not defined for these predictions."""
