"""``python -m smastn``: the same as the command ``smastn``."""

from smastn.cli import main

if __name__ == "__main__":
    main()
