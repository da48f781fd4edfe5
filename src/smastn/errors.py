"""What a user can put right, said in one sentence.

Every message has three parts: what was seen, what was wanted, and what to do
next. Only commands and the server catch these; there they end in exit code 2.
"""


class SmastnError(Exception):
    """The root of everything a user can put right."""


class InputError(SmastnError):
    """A path, a video, a folder of frames or a table is not what was asked for."""


class FaceError(SmastnError):
    """No face where one is needed, or it was lost."""


class ConfigError(SmastnError):
    """A setting is unknown, or its value cannot be used."""


class AssetError(SmastnError):
    """A model file is missing, altered, or could not be fetched."""


class CheckpointError(SmastnError):
    """A checkpoint cannot be used with this version or these settings."""


class MetricError(SmastnError):
    """A score was asked for that these predictions do not define."""
