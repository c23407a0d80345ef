"""Objects of plugins as everybody else sees them: what they state is read once, and every call goes through the guard.

What is handed to them is theirs alone: values that cannot be changed, or copies. What they give is looked at before
anybody relies on it.
"""
