"""What flows through Vigie: records, topics and their codec (stdlib and orjson only)."""
