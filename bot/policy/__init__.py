"""The policy file: who interacts, who pays, who champions, and towards which goal."""
