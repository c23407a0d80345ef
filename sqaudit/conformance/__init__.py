"""Whether a plugin keeps what it promised: the checks behind ``sqaudit plugins check`` and the authors' kit."""
