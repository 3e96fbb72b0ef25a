"""The rows of q and k, in the two orders that rotary embedding is written for.

    W: (H D, ...), a matrix or a bias; head h, point j from 0 to D/2 - 1, c = 0 or 1 for the two numbers of a point

    (R1)  halves[h D + c D/2 + j]  =  ...

Rotary embedding turns the D/2 points of a head by an angle each. Which two numbers make point j is a convention: in GGUF's
Llama neighbours, 2j and 2j + 1; in Hugging Face's, and here, one of each half, j and j + D/2. To reorder the rows of q and of k
alike leaves each q . k as it was. v and o are not turned, and stay as they are.

Exercise 28a, lesson 28: From one rotary layout to the other.
Write to_halves. Arguments are valid here: you need not check them, and must not change them.

    minilora exercise check 28a       tests this file
    minilora exercise hint 28a        one hint more, each time
"""


def to_halves(W, heads):
    """W (heads D, ...), its rows from the order for neighbours to the order for halves (R1)."""
    # (R1)  halves[h D + c D/2 + j] =
    raise NotImplementedError("28a: write to_halves")
