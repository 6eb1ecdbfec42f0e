#!/usr/bin/env python3
"""Makes embeddings to try the programs on: embeddings.py DIR. Always the same ones.

DIR/known.npy, known.txt     12 people, 5 rows each, 48 numbers a row; whose they are
DIR/queries.npy, queries.txt 30 rows of those people (float16), and whose they are
DIR/crowd.npy, crowd.txt     8 groups of 9 to 16 rows and 20 rows of nobody; the group or -1
DIR/classes.npy, classes.txt 6 class vectors and their names, one with a comma and a quote in it
DIR/expected.csv             what reid match --top 5 finds, without the scores
DIR/colours/, colours.txt    a picture for each row of crowd.npy, and their names
DIR/bad/                     files that are no good, by name
"""
import math
import os
import random
import struct
import sys

sys.dont_write_bytecode = True
from onnx_bytes import png

LETTERS = {"f2": "e", "f4": "f", "f8": "d", "i8": "q"}


def npy(path, rows, kind="f4", order="<", fortran=False, version=1, shape=None, cut=0, more=b""):
    columns = len(rows[0])
    shape = shape or (len(rows), columns)
    head = "{'descr': '%s%s', 'fortran_order': %s, 'shape': %s, }" % (order, kind, fortran, shape)
    before = 10 if version == 1 else 12
    head += " " * (63 - (before + len(head)) % 64) + "\n"
    flat = [x for row in rows for x in row]
    if kind == "i8":
        flat = [int(x) for x in flat]
    data = struct.pack("%s%d%s" % (order, len(flat), LETTERS[kind]), *flat)
    length = struct.pack("<H" if version == 1 else "<I", len(head))
    whole = b"\x93NUMPY" + bytes([version, 0]) + length + head.encode() + data + more
    with open(path, "wb") as file:
        file.write(whole[:len(whole) - cut])


def lines(path, names):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines("%s\n" % name for name in names)


def near(random_, centre, spread):
    return [x + random_.gauss(0, spread) for x in centre]


def direction(random_, dimension):
    return [random_.gauss(0, 1) for _ in range(dimension)]


def rounded(rows, letter="f"):
    return [list(struct.unpack("<%d%s" % (len(r), letter), struct.pack("<%d%s" % (len(r), letter), *r)))
            for r in rows]


def cosine(a, b):
    dot = sum(x * y for x, y in zip(a, b))
    return dot / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


def main():
    folder = sys.argv[1]
    inside = lambda *names: os.path.join(folder, *names)
    for name in ("colours", "bad"):
        os.makedirs(inside(name), exist_ok=True)
    random_ = random.Random(20264)
    people = [direction(random_, 48) for _ in range(12)]
    names = ["person %d" % k for k in range(12)]
    names[3] = "Zo\u00eb, \"the third\""
    known = rounded([near(random_, people[k % 12], 0.3) for k in range(60)])
    owners = [names[k % 12] for k in range(60)]
    queries = rounded([near(random_, people[k * 5 % 12], 0.4) for k in range(30)], "e")
    npy(inside("known.npy"), known)
    npy(inside("queries.npy"), queries, "f2", version=3)
    lines(inside("known.txt"), owners)
    lines(inside("queries.txt"), [names[k * 5 % 12] for k in range(30)])
    with open(inside("expected.csv"), "w", encoding="utf-8") as file:
        for q, query in enumerate(queries):
            best = sorted(range(60), key=lambda r: (-cosine(query, known[r]), r))[:5]
            file.writelines("%d,%d,%d\n" % (q, rank + 1, r) for rank, r in enumerate(best))
    noisy = [near(random_, row, 0.002) for row in known]
    npy(inside("known_half.npy"), rounded(known, "e"), "f2")
    npy(inside("known_noisy.npy"), noisy, "f8", version=2)

    groups = [direction(random_, 48) for _ in range(8)]
    labels = [g for g in range(8) for _ in range(9 + g)] + [-1] * 20
    random_.shuffle(labels)
    crowd = [near(random_, groups[g], 0.15) if g >= 0 else direction(random_, 48) for g in labels]
    npy(inside("crowd.npy"), crowd)
    lines(inside("crowd.txt"), labels)
    for k, g in enumerate(labels):
        rest = bytes([40 + 20 * (k % 3)] * 3)
        colour = bytes([255 * (g >> bit & 1) for bit in range(3)]) if g >= 0 else rest
        wide, tall = 60 + 8 * (k % 5), 60
        rows = [colour * wide if y > 9 else rest * wide for y in range(tall)]
        png(inside("colours", "%d.png" % k), wide, tall, 8, 2, rows)
    lines(inside("colours.txt"), ["colours/%d.png" % k for k in range(len(labels))])
    lines(inside("colours_fewer.txt"), ["colours/%d.png" % k for k in range(len(labels) - 1)])

    npy(inside("classes.npy"), people[:6])
    lines(inside("classes.txt"), names[:6])

    bad = lambda name: inside("bad", name)
    npy(bad("fortran.npy"), known, fortran=True)
    npy(bad("big_endian.npy"), known, order=">")
    npy(bad("integers.npy"), known, "i8")
    npy(bad("cut.npy"), known, cut=5)
    npy(bad("longer.npy"), known, more=b"123")
    npy(bad("huge.npy"), known, shape=(1 << 61, 48))
    npy(bad("cube.npy"), known, shape=(60, 24, 2))
    npy(bad("nothing.npy"), [[]], shape=(0, 48))
    npy(bad("short_rows.npy"), [row[:47] for row in known])
    npy(bad("version9.npy"), known, version=9)
    hole = [list(row) for row in known]
    hole[7][5], hole[9][0] = float("nan"), float("inf")
    npy(bad("nan.npy"), hole)
    npy(bad("zeros.npy"), [[0.0] * 48] + known[1:])
    lines(bad("fewer.txt"), owners[:-1])
    lines(bad("blank.txt"), owners[:4] + [""] + owners[5:])
    with open(bad("latin1.txt"), "wb") as file:
        file.write(b"\n".join(b"Zo\xeb" for _ in range(60)) + b"\n")
    with open(bad("text.npy"), "w") as file:
        file.write("1 2 3\n")
    open(bad("empty.npy"), "w").close()


main()
