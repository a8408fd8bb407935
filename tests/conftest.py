"""Fixtures of every test directory."""

pytest_plugins = ("broker_fixtures", "watching_fixtures", "bad_disks", "fault_fixtures", "fault_table")
