"""Validates payloads against their contracts: findings, severities by level, and typed models of valid payloads."""
