"""Export Hypothesis strategies for the payloads of an event, such as `signalbook.strategies.payloads`."""

from signalbook.testing.strategies import Sample, payloads, sampler

__all__ = ["Sample", "payloads", "sampler"]
