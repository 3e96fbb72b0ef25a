"""minilora chat"""

import contextlib
import sys

from minilora import backend
from minilora.commands.loading import load, refuse_encoder
from minilora.nn.generation import stream

HELP = "/clear begins anew, /exit or Ctrl-D leaves, Ctrl-C stops an answer"


def chat(args):
    model, tokenizer = load(args)
    refuse_encoder(model, args.model)
    answers = Answers(model, tokenizer, args)
    if args.prompt is not None:
        return answers.to(args.prompt)
    answers.check("?")  # without a template there is no conversation: say so now
    print(f"{args.model}: {HELP}")
    while (line := _line()) is not None and line != "/exit":
        if line == "/clear":
            answers.clear()
        elif line.startswith("/"):
            print(f"{line} is no command: {HELP}")
        elif line:
            try:
                answers.to(line)
            except ValueError as error:
                print(f"minilora: {error}", file=sys.stderr)


class Answers:
    """A conversation. What was said so far is read anew for each answer."""

    def __init__(self, model, tokenizer, args):
        self.model, self.tokenizer, self.args = model, tokenizer, args
        self.rng = backend.as_generator(args.seed)
        self.clear()

    def clear(self):
        self.messages = [{"role": "system", "content": self.args.system}] if self.args.system else []

    def check(self, text):
        """The ids of the conversation with this text added. ValueError if it cannot be had, or if it leaves no room to answer."""
        if not text.strip():
            raise ValueError("the prompt is empty; give at least one character")
        if getattr(self.tokenizer, "template", None) is None:
            name = self.args.model
            raise ValueError(f"{name} has no chat template: continue a text with it, by minilora generate {name}")
        said = self.tokenizer.chat([*self.messages, {"role": "user", "content": text}])
        ids = self.tokenizer.encode(said, whole=False)
        if len(ids) >= self.model.config.block_size:
            longest = f"the conversation is {len(ids)} tokens long and the model reads {self.model.config.block_size}"
            raise ValueError(f"{longest}: shorten the prompt{', or begin anew with /clear' if self.messages else ''}")
        return ids

    def to(self, text):
        """Print the answer to a text, as it is made. Ctrl-C stops it, and what was said till then stands."""
        ids = self.check(text)
        room = min(self.args.tokens, self.model.config.block_size - len(ids))
        said = ""
        stop = () if self.tokenizer.eos is None else (self.tokenizer.eos,)
        how = {"temperature": self.args.temperature, "top_p": self.args.top_p, "rng": self.rng, "stop": stop}
        try:
            with contextlib.closing(stream(self.model, [ids], room, **how)) as new:
                for piece in self.tokenizer.pieces(int(chosen[0]) for chosen in new if int(chosen[0]) not in stop):
                    said += piece
                    print(piece, end="", flush=True)
        except KeyboardInterrupt:
            if self.args.prompt is not None:
                raise
        print()
        self.messages += [{"role": "user", "content": text}, {"role": "assistant", "content": said}]


def _line():
    """What the reader types; None at the end. Ctrl-C takes back the line."""
    while True:
        try:
            return input("> ").strip()
        except EOFError:
            print()
            return None
        except KeyboardInterrupt:
            print(f"\n{HELP}")
