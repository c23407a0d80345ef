"""Following findings up: raising them, moving their actions, judging their effect, telling who must know."""
