"""The measurements: commands that anyone can run; the last figures stand in bench/README.md."""
