"""How much a post may hold: what goes beyond is refused as too large."""

RECORD_LIMIT = 900_000  # bytes; Kafka's own default limit is 1 MiB with headers
KEY_LIMIT = 512  # code points
PLATFORM_LIMIT = 64  # code points
SOURCE_LIMIT = 128  # code points of a source's name
TEXT_LIMIT = 100_000  # code points
AUTHOR_LIMIT = 256  # code points of a withdrawn author's id, which is in the key
LAST_VERSION = 2**31 - 1
