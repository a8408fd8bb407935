"""The evidence page: which posts stand behind a figure, for people to read."""
