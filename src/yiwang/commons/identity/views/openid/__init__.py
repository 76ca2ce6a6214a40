"""One login for other systems: the protocol's endpoints, the pages that people see on the way, and their administration."""
