"""One table of the policy file, one module: each reads its table into the model and tells what is wrong."""
