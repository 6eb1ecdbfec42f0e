#!/usr/bin/env python3
"""Makes a YOLO network of six operations and pictures for it: tiny_yolo.py DIR

DIR/tiny.onnx       (N, 3, 96, 160) to (N, 6, 60): a cell of 16x16 pixels is an object of 24x24
                    pixels of class 0 as far as it is red, of class 1 as far as it is blue
DIR/tiny_one.onnx   the same for one picture at a time
DIR/not_yolo.onnx   a network whose output has another shape
DIR/frames/         20 pictures of 320x192: a red square in cell (3, 2), a blue one in cell (7, 4)
DIR/labels/         label maps of 16 bits for them: 1000 and 2000 where the squares are
DIR/coloured.png    a picture that is no label map
"""
import os
import struct
import sys

sys.dont_write_bytecode = True
from onnx_bytes import floats, model, node, png, tensor, value_info


def network(path, shape):
    columns, rows, cells = 10, 6, 60
    weights = [0.0] * (6 * cells * 3 * cells)
    bias = [0.0] * (6 * cells)
    for cell in range(cells):
        bias[0 * cells + cell] = 16.0 * (cell % columns) + 8
        bias[1 * cells + cell] = 16.0 * (cell // columns) + 8
        bias[2 * cells + cell] = bias[3 * cells + cell] = 24.0
        weights[(4 * cells + cell) * 3 * cells + 0 * cells + cell] = 0.9  # red
        weights[(5 * cells + cell) * 3 * cells + 2 * cells + cell] = 0.8  # blue
    nodes = [
        node("AveragePool", ["images"], "means", kernel_shape=[16, 16], strides=[16, 16]),
        node("Flatten", ["means"], "flat", axis=1),
        node("Gemm", ["flat", "weights", "bias"], "head", transB=1),
        node("Reshape", ["head", "shape"], "boxes"),
    ]
    tensors = [
        tensor("weights", [6 * cells, 3 * cells], 1, floats(weights)),
        tensor("bias", [6 * cells], 1, floats(bias)),
        tensor("shape", [len(shape)], 7, struct.pack("<%dq" % len(shape), *shape)),
    ]
    with open(path, "wb") as file:
        file.write(model(nodes, tensors, [value_info("images", [1, 3, 16 * rows, 16 * columns])],
                         [value_info("boxes", [1, 6, cells])]))


def picture(size, empty, first, second):
    """Rows of pixels: squares of 32x32 in cells (3, 2) and (7, 4)."""
    for y in range(size[1]):
        row = b""
        for x in range(size[0]):
            cell = (x // 32, y // 32)
            row += first if cell == (3, 2) else second if cell == (7, 4) else empty
        yield row


def main():
    folder = sys.argv[1]
    for name in ("frames", "labels", "many_labels"):
        os.makedirs(os.path.join(folder, name), exist_ok=True)
    network(os.path.join(folder, "tiny.onnx"), [-1, 6, 60])
    network(os.path.join(folder, "tiny_one.onnx"), [1, 6, 60])
    network(os.path.join(folder, "not_yolo.onnx"), [-1, 60, 6])
    size = (320, 192)
    frame = list(picture(size, b"\0\0\0", b"\xff\0\0", b"\0\0\xff"))
    labels = list(picture(size, b"\0\0", b"\x03\xe8", b"\x07\xd0"))
    for k in range(20):
        png(os.path.join(folder, "frames", "%d.png" % (k + 1)), *size, 8, 2, frame)
        png(os.path.join(folder, "labels", "%06d.png" % k), *size, 16, 0, labels)
        # and 20 more labels a frame, none of them twice in the run, the largest of all in the last
        more = b"".join(struct.pack(">H", 65535 - 20 * (19 - k) - x % 20) for x in range(size[0]))
        png(os.path.join(folder, "many_labels", "%06d.png" % k), *size, 16, 0, [more] + labels[1:])
    png(os.path.join(folder, "coloured.png"), *size, 8, 2, frame)


main()
