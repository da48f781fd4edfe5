"""Jinja templates of all HTML pages: a shared style, one file a page, everything escaped."""

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined


def templates(room: str) -> Environment:
    """The templates of a subpackage such as ``evaluation``, and the shared style.

    A variable that a template uses and the caller does not give raises an error.
    """
    return Environment(
        loader=ChoiceLoader([PackageLoader(f"smastn.{room}"), PackageLoader("smastn")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
