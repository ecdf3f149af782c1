"""Only when, and on which engine: ticks, cadence, and the visits of this process."""
