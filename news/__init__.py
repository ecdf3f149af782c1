"""The words of Vigie: frozen values, errors, ports, the clock; no I/O, and nothing of ours is imported."""
