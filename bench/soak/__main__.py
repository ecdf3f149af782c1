"""`python -m bench.soak`."""

from bench.soak.harness import main

if __name__ == "__main__":
    main()
