"""One module per step; never changed once released. Texts and whole numbers are those of ``store/columns.py``."""
