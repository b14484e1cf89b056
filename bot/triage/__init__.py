"""What a mention needs, by the policy's rules: pure."""
