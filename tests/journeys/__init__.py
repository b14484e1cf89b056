"""Stories with a moved clock, told in the words people use."""
