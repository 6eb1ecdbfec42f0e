// XXH64 with seed 0, the checksum of gallery files: `xxhsum -H64` gives the same number.
// Yann Collet, xxHash specification, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
#pragma once

#include <kernels/core/version.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace kernels::inline KERNELS_ABI::gallery_detail {

/// Little-endian numbers at any address.
inline std::uint64_t load64(const void* p) {
  std::uint64_t v = 0;
  std::memcpy(&v, p, sizeof v);
  return v;
}
inline std::uint32_t load32(const void* p) {
  std::uint32_t v = 0;
  std::memcpy(&v, p, sizeof v);
  return v;
}
static_assert(std::endian::native == std::endian::little,
              "kernels: gallery files are little-endian and are read in place");

/// The checksum of all bytes added, in pieces of any size.
class checksum {
 public:
  void add(const void* data, std::size_t size) {
    if (size == 0) return;  // data may be null
    const auto* p = static_cast<const unsigned char*>(data);
    total_ += size;
    if (held_ > 0) {
      const std::size_t taken = std::min(size, kStripe - held_);
      std::memcpy(held_bytes_ + held_, p, taken);
      held_ += taken;
      p += taken;
      size -= taken;
      if (held_ < kStripe) return;
      stripe(held_bytes_);
      held_ = 0;
    }
    for (; size >= kStripe; p += kStripe, size -= kStripe) stripe(p);
    std::memcpy(held_bytes_, p, size);
    held_ = size;
  }

  [[nodiscard]] std::uint64_t value() const {
    std::uint64_t h = kPrime5;
    if (total_ >= kStripe) {
      h = std::rotl(lanes_[0], 1) + std::rotl(lanes_[1], 7) + std::rotl(lanes_[2], 12) +
          std::rotl(lanes_[3], 18);
      for (const std::uint64_t lane : lanes_) h = (h ^ round(0, lane)) * kPrime1 + kPrime4;
    }
    h += total_;
    const unsigned char* p = held_bytes_;
    std::size_t left = held_;
    for (; left >= 8; p += 8, left -= 8) {
      h = std::rotl(h ^ round(0, load64(p)), 27) * kPrime1 + kPrime4;
    }
    if (left >= 4) {
      h = std::rotl(h ^ (load32(p) * kPrime1), 23) * kPrime2 + kPrime3;
      p += 4;
      left -= 4;
    }
    for (; left > 0; ++p, --left) h = std::rotl(h ^ (*p * kPrime5), 11) * kPrime1;
    h = (h ^ (h >> 33)) * kPrime2;
    h = (h ^ (h >> 29)) * kPrime3;
    return h ^ (h >> 32);
  }

 private:
  static constexpr std::size_t kStripe = 32;
  static constexpr std::uint64_t kPrime1 = 0x9E3779B185EBCA87, kPrime2 = 0xC2B2AE3D27D4EB4F,
                                 kPrime3 = 0x165667B19E3779F9, kPrime4 = 0x85EBCA77C2B2AE63,
                                 kPrime5 = 0x27D4EB2F165667C5;

  static std::uint64_t round(std::uint64_t lane, std::uint64_t word) {
    return std::rotl(lane + word * kPrime2, 31) * kPrime1;
  }
  void stripe(const unsigned char* p) {
    for (std::size_t k = 0; k < 4; ++k) lanes_[k] = round(lanes_[k], load64(p + 8 * k));
  }

  std::uint64_t lanes_[4] = {kPrime1 + kPrime2, kPrime2, 0, 0 - kPrime1};
  std::uint64_t total_ = 0;
  std::size_t held_ = 0;
  unsigned char held_bytes_[kStripe] = {};
};

}  // namespace kernels::inline KERNELS_ABI::gallery_detail
