"""The store's methods by what they are about; ``sqaudit.store.engine.Store`` has them all."""
