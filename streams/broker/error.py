"""What stands in the way of a broker."""


class BrokerError(Exception):
    """The embedded broker cannot do what was asked; the message says why and what to do."""
