"""The commands, one file each, and the wiring: the one place that constructs everything."""
