"""`vigie demo`: a site, a service and two receivers on one machine, and what is shown of them."""
