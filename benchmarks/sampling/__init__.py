"""How fast payloads are made, and how many of them are none: signalbook's samplers beside plain hypothesis-jsonschema."""
