"""What Vigie is shown with: the two seed articles, invented ones, and the templates that make pages of them."""
