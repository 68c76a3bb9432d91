"""How fast payloads are validated, and in how much memory: `signalbook validate` beside what else checks JSON against schemas."""
