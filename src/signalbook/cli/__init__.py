"""Implements the command `signalbook`: its arguments, one module per command, and terminal output."""
