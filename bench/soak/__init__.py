"""A simulated month in minutes, with faults drawn by lot, and every promise looked at: see `harness`."""
