"""How Vigie runs: the only package that does IO."""
