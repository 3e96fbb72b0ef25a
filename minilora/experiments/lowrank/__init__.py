"""The analyses of low rank in adaptation: each a question, the training runs that it reads, plain data, and a finding."""
