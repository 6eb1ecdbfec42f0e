#!/usr/bin/env python3
"""TrackEval's scores and how long they take: trackeval_scores.py FOLDER BENCHMARK [REPETITIONS]

FOLDER holds truth/SEQ.txt, tracks/SEQ.txt and lengths.txt with a line "SEQ frames" each; BENCHMARK
is MOT15, MOT16, MOT17 or MOT20. Prints lines "name value …": "seconds" (the fastest repetition over
all sequences, from boxes in memory to scores: overlaps, preprocessing, HOTA, CLEAR, Identity),
"reading" (of the text files, not part of it), "version", and then every figure of all sequences
together, as "HOTA/DetA" (19 values) or "CLEAR/MOTA" (one).
Needs: pip install trackeval. Exit code 3 if that is missing.
"""

import contextlib
import importlib.metadata
import io
import os
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
try:
    import numpy
    import trackeval
except ImportError:
    sys.exit(3)
for alias, kind in (("float", float), ("int", int), ("bool", bool)):
    if alias not in numpy.__dict__:  # older TrackEval, newer numpy
        setattr(numpy, alias, kind)


def evaluate(folder, benchmark, lengths):
    dataset = trackeval.datasets.MotChallenge2DBox({
        "GT_FOLDER": os.path.join(folder, "truth"),
        "TRACKERS_FOLDER": folder,
        "TRACKERS_TO_EVAL": ["tracks"],
        "TRACKER_SUB_FOLDER": "",
        "BENCHMARK": benchmark,
        "SEQ_INFO": dict(lengths),
        "GT_LOC_FORMAT": "{gt_folder}/{seq}.txt",
        "SKIP_SPLIT_FOL": True,
        "PRINT_CONFIG": False,
    })
    metrics = [trackeval.metrics.HOTA(), trackeval.metrics.CLEAR({"PRINT_CONFIG": False}),
               trackeval.metrics.Identity({"PRINT_CONFIG": False})]
    reading = 0.0
    load = dataset._load_raw_file

    def timed_load(*arguments, **named):
        nonlocal reading
        begin = time.perf_counter()
        result = load(*arguments, **named)
        reading += time.perf_counter() - begin
        return result

    dataset._load_raw_file = timed_load
    begin = time.perf_counter()
    scores = {}
    for sequence in lengths:
        raw = dataset.get_raw_seq_data("tracks", sequence)
        data = dataset.get_preprocessed_seq_data(raw, "pedestrian")
        scores[sequence] = {m.get_name(): m.eval_sequence(data) for m in metrics}
    combined = {m.get_name(): m.combine_sequences({s: scores[s][m.get_name()] for s in scores})
                for m in metrics}
    total = time.perf_counter() - begin
    return total - reading, reading, combined


def main():
    folder, benchmark = sys.argv[1], sys.argv[2]
    repetitions = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with open(os.path.join(folder, "lengths.txt"), encoding="utf-8") as file:
        lengths = {name: int(frames) for name, frames in (line.split() for line in file)}
    with contextlib.redirect_stdout(io.StringIO()):
        runs = [evaluate(folder, benchmark, lengths) for _ in range(repetitions)]
    seconds, reading, scores = min(runs, key=lambda run: run[0])
    print("seconds", seconds)
    print("reading", reading)
    print("version", importlib.metadata.version("trackeval"))
    for group, figures in scores.items():
        for name, value in figures.items():
            print(f"{group}/{name}", *(repr(float(v)) for v in numpy.atleast_1d(value)))


main()
