"""Models and adapters that other programs wrote, and files that they read."""

from minilora.interop.gguf_file import load_gguf
from minilora.interop.huggingface import load_huggingface, save_huggingface
from minilora.interop.peft_read import load_peft
from minilora.interop.peft_write import save_peft
