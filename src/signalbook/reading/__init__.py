"""Read payloads: files, globs, gzip, NDJSON, large arrays, strict JSON, limits, and text positions."""
