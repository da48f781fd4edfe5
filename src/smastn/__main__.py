"""``python -m smastn``: the same as the command ``smastn``."""

from smastn.apps.cli import main

if __name__ == "__main__":
    main()
