"""Forms on their way: written for people to fill, and taken in again."""
