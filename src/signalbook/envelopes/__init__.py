"""Recognises payloads, opens their envelopes, and explains what each payload is."""
