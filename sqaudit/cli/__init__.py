"""The command line: words in, words out. Everything it does is done by ``sqaudit.workflow``."""
