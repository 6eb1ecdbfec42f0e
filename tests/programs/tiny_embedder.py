#!/usr/bin/env python3
"""Makes a network from pictures to embeddings and pictures for it: tiny_embedder.py DIR

DIR/tiny.onnx      (N, 3, 32, 32) to (N, 4): how red, green and blue a picture is, and 0.5
DIR/tiny_one.onnx  the same for one picture at a time
DIR/boxes.onnx     a network whose output has another shape
DIR/pictures/      21 pictures of one colour, 1.png to 21.png: by turns red, green, blue
DIR/broken/        two pictures, of which one is cut off
"""
import os
import struct
import sys

sys.dont_write_bytecode = True
from onnx_bytes import floats, model, node, png, tensor, value_info


def network(path, shape):
    weights = [0.0] * (4 * 12)
    for channel in range(3):
        for cell in range(4):
            weights[channel * 12 + channel * 4 + cell] = 0.25
    nodes = [
        node("AveragePool", ["images"], "means", kernel_shape=[16, 16], strides=[16, 16]),
        node("Flatten", ["means"], "flat", axis=1),
        node("Gemm", ["flat", "weights", "bias"], "head", transB=1),
        node("Reshape", ["head", "shape"], "embedding"),
    ]
    tensors = [
        tensor("weights", [4, 12], 1, floats(weights)),
        tensor("bias", [4], 1, floats([0.0, 0.0, 0.0, 0.5])),
        tensor("shape", [len(shape)], 7, struct.pack("<%dq" % len(shape), *shape)),
    ]
    with open(path, "wb") as file:
        file.write(model(nodes, tensors, [value_info("images", [1, 3, 32, 32])],
                         [value_info("embedding", [1, 4])]))


def main():
    folder = sys.argv[1]
    inside = lambda *names: os.path.join(folder, *names)
    for name in ("pictures", "broken"):
        os.makedirs(inside(name), exist_ok=True)
    network(inside("tiny.onnx"), [-1, 4])
    network(inside("tiny_one.onnx"), [1, 4])
    network(inside("boxes.onnx"), [-1, 2, 2])
    for k in range(21):
        size = 32 + 10 * k
        pixel = bytes(255 if c == k % 3 else 0 for c in range(3))
        png(inside("pictures", "%d.png" % (k + 1)), size, size, 8, 2, [pixel * size] * size)
    png(inside("broken", "1.png"), 40, 40, 8, 2, [b"\x10\x20\x30" * 40] * 40)
    with open(inside("broken", "1.png"), "rb") as whole, open(inside("broken", "2.png"), "wb") as cut:
        cut.write(whole.read()[:60])


main()
