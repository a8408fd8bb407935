"""Mentions added up exactly: the ledger of posts, and the panes and windows that follow from it."""
