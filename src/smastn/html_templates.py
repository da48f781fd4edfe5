"""The HTML templates of every room: one style, one file a page, everything escaped."""

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def templates(room: str) -> Environment:
    """The templates of a room such as ``evaluation``, and the style that all pages share.

    A name that a template uses and nobody gave is an error, not an empty place.
    """
    return Environment(
        loader=ChoiceLoader([PackageLoader(f"smastn.{room}"), PackageLoader("smastn")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
