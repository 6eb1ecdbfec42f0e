// A huge array of zeros of which only the pages that are touched exist: for sizes beyond 4 GiB.
#pragma once

#include <cstddef>
#include <cstdint>

#include <sys/mman.h>

class sparse_memory {
 public:
  explicit sparse_memory(std::int64_t bytes)
      : bytes_(static_cast<std::size_t>(bytes)),
        data_(mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
  ~sparse_memory() {
    if (exists()) munmap(data_, bytes_);
  }
  sparse_memory(const sparse_memory&) = delete;
  sparse_memory& operator=(const sparse_memory&) = delete;
  [[nodiscard]] bool exists() const { return data_ != MAP_FAILED; }
  [[nodiscard]] std::uint8_t* data() const { return static_cast<std::uint8_t*>(data_); }

 private:
  std::size_t bytes_;
  void* data_;
};
