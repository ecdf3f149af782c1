"""What every request passes on its way out: the guard's words, robots.txt, and its turn at the host."""
