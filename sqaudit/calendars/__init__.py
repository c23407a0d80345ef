"""Open time: the openings of a calendar, the holidays behind them, and the tables that engines join."""
