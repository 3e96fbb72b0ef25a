"""minilora topics"""

import time
from pathlib import Path
from statistics import mean

from minilora.experiments import encoder_topics
from minilora.experiments.encoder_topics import FULL, QUICK, compare


def topics(args):
    start = time.perf_counter()
    setting = encoder_topics.setting(QUICK if args.quick else FULL, args.seeds)
    folder = Path(args.folder + ("-quick" if args.quick else ""))
    result = compare(args.model, folder, args.method, setting, args.jobs, args.parallel)
    print(f"\n{table(result)}")
    for method in result["contest"]:
        print(f"\n{confusions(result, method)}")
    if args.quick:
        print("\n--quick is a rehearsal: too few steps for a verdict to mean anything")
    print(f"\nAs data: {folder / 'result.json'}")
    print(f"{time.perf_counter() - start:.0f} seconds in all")
