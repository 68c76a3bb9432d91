"""The measure of a stream: what it costs to parse every line with orjson, and to do nothing with it. `python parse_lines.py FILE`."""

import sys

import orjson

with open(sys.argv[1], "rb") as stream:  # noqa: PTH123 - the plainest loop there is
    for line in stream:
        orjson.loads(line)
