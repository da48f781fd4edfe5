"""The web page of ``smastn serve``: upload, analyse and correct films."""
