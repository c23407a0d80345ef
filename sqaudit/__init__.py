"""sqaudit: service-quality audits as code."""

__version__ = "0.1.0"
