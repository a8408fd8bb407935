"""Personal fields under keys of their own, so that destroying a key erases what lies under it, in every copy of the log."""
