// Hashes of exact operations on fixed inputs: every compiler, flag, instruction set and thread
// count must reproduce those that stand in the sources. One file an operation:
//
//   const same_bytes::operation iou("iou", [] { … same_bytes::expect("iou f32", 0x…, hash.value());
//   });
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace same_bytes {

/// FNV-1a, byte by byte.
class hash {
 public:
  void add(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    for (std::size_t k = 0; k < size; ++k) value_ = (value_ ^ bytes[k]) * 1099511628211ULL;
  }
  template <class T>
  void add(const std::vector<T>& values) {
    add(values.data(), values.size() * sizeof(T));
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 14695981039346656037ULL;
};

/// The same numbers everywhere (xorshift64).
class random {
 public:
  std::uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  /// In [0, 1), a multiple of 2^-24: exact in float and double.
  double unit() { return static_cast<double>(next() >> 40) / 16777216.0; }

 private:
  std::uint64_t state_ = 88172645463325252ULL;
};

/// Registers what main() runs.
struct operation {
  operation(const char* name, void (*run)());
};

/// Prints the hash; the program's exit code is 1 if it is not the expected one.
void expect(const char* what, std::uint64_t expected, std::uint64_t given);

}  // namespace same_bytes
