"""Makes payloads and tests handlers with them: samples, strategies, contract tests, fuzz tests, the pytest plugin."""
