"""Sites side by side in one cycle: which ranks they may have, and which of them are no longer like the others."""
