"""Where posts enter: the contract of a source, and one file for each platform and route."""
