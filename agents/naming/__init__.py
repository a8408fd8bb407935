"""Whom a post is about: forms of names, hits in a text, and what tells a name from a word."""
