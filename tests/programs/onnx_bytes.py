"""Bytes of ONNX networks and PNG pictures, for programs that make small ones to test with."""
import struct
import zlib


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, value):
    """One field of a protocol buffer."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value & (1 << 64) - 1)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(name, dims, kind, data):
    return b"".join(field(1, d) for d in dims) + field(2, kind) + field(8, name) + field(9, data)


def value_info(name, dims):
    shape = b"".join(field(1, field(1, d)) for d in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def node(kind, inputs, output, **attributes):
    text = b"".join(field(1, i) for i in inputs) + field(2, output)
    text += field(3, output) + field(4, kind)
    for key, value in attributes.items():
        if isinstance(value, list):
            attribute = b"".join(field(8, v) for v in value) + field(20, 7)
        else:
            attribute = field(3, value) + field(20, 2)
        text += field(5, field(1, key) + attribute)
    return text


def model(nodes, tensors, inputs, outputs):
    """A network: nodes in order, constants, and what goes in and out (value_info)."""
    graph = b"".join(field(1, n) for n in nodes) + field(2, "tiny")
    graph += b"".join(field(5, t) for t in tensors)
    graph += b"".join(field(11, i) for i in inputs) + b"".join(field(12, o) for o in outputs)
    return field(1, 7) + field(7, graph) + field(8, field(1, "") + field(2, 12))


def floats(numbers):
    return struct.pack("<%df" % len(numbers), *numbers)


def png(path, width, height, depth, kind, rows):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels))
        file.write(chunk(b"IEND", b""))
