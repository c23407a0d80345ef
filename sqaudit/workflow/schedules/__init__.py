"""What schedules ask for, and carrying it out."""
