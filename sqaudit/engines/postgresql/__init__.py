"""PostgreSQL as a place where records lie: queries are pushed down, the table is never copied."""
