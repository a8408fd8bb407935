"""The watchlist: read, checked for doubtful forms, and made from open data."""
