"""Validate values against JSON Schemas, explain the errors, derive the levels of a schema, and generate values."""
