"""``smastn serve``: films come in by a page, and answers go out by one."""
