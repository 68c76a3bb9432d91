"""Which change of a JSON Schema breaks what: signalbook and its peers asked the same questions, of cases whose truth is known."""
