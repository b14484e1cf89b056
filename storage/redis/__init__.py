"""What replicas share through Redis, or Valkey: pace, deliveries that are being handled, wake-ups. Never the only copy of
anything."""
