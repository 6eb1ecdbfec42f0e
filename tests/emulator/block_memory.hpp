// Part of the CUDA emulator: the shared memory of one block. Every array is a heap block of exactly
// its size, so that AddressSanitizer sees any overrun; it is filled with a pattern when its block
// of threads begins, so that a read before the first write shows; and it is freed when that block
// ends.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

namespace kernels::emulator {

inline constexpr unsigned char kUnwritten =
    0xCB;  // the pattern of shared memory nobody has written

class block_memory {
 public:
  void begin(std::size_t dynamic_bytes) {
    arrays_.clear();
    dynamic_ = unwritten(dynamic_bytes);
  }
  void release() {
    arrays_.clear();
    dynamic_.reset();
  }

  void* dynamic() const { return dynamic_.get(); }

  // The array of this key, made when the first thread of the block asks.
  void* array(const void* key, std::size_t bytes) {
    for (const keyed_array& a : arrays_)
      if (a.key == key) return a.bytes.get();
    arrays_.push_back({key, unwritten(bytes)});
    return arrays_.back().bytes.get();
  }

 private:
  using storage = std::unique_ptr<unsigned char[]>;
  struct keyed_array {
    const void* key;
    storage bytes;
  };

  static storage unwritten(std::size_t bytes) {
    storage s(new unsigned char[bytes]);
    std::memset(s.get(), kUnwritten, bytes);
    return s;
  }

  storage dynamic_;
  std::vector<keyed_array> arrays_;
};

}  // namespace kernels::emulator
