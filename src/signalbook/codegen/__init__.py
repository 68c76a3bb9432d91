"""Generates code and schemas from contracts: bundles, types in four styles, and fuzz tests. It also holds the only file writer."""
