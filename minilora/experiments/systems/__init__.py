"""Five systems that articles call LoRA, the methods they should have been, and one comparison of them all."""
