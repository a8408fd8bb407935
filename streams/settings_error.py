"""What a setting that cannot be used raises."""


class SettingsError(Exception):
    """A setting that cannot be used; the message says what to do."""
