"""A real Apache Kafka as a child process: fetched, formatted, started, watched and stopped."""
