"""Ten invented shops in eight months: their records, and the story that they tell."""
