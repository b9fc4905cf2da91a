"""Experiments of the lessons: small networks, several seeds, and an interval for what came out."""
