// mask_rle: columns of a mask as words, and runs along them. Run-lengths of COCO go down the
// columns, packed masks go along the rows: 64 × 64 bits at a time are transposed in registers.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/math/mask.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace kernels::inline KERNELS_ABI::cpu {

/// Bit b of word k becomes bit k of word b.
inline void transpose_bits(std::uint64_t (&a)[64]) {
  std::uint64_t mask = 0x00000000ffffffffU;
  for (int step = 32; step > 0; step /= 2) {
    for (int k = 0; k < 64; k = (k + step + 1) & ~step) {
      const std::uint64_t swap = (a[k] >> step ^ a[k + step]) & mask;
      a[k] ^= swap << step;
      a[k + step] ^= swap;
    }
    mask ^= mask << (step / 2);
  }
}

/// 64 columns of a mask: column c is words [c · words_down, (c + 1) · words_down), a bit a row.
struct mask_columns {
  std::int64_t height, words_down;
  std::vector<std::uint64_t> words;

  explicit mask_columns(std::int64_t rows)
      : height(rows),
        words_down(mask_words(rows)),
        words(static_cast<std::size_t>(64 * mask_words(rows)), 0) {}

  /// Takes in word k of each row; false if all are zero, and then takes in nothing.
  bool load(const view<const std::uint64_t, 2>& mask, std::int64_t k) {
    std::uint64_t any = 0;
    for (std::int64_t y = 0; y < height; ++y) any |= mask.data[y * mask.stride[0] + k];
    if (any == 0) return false;
    for (std::int64_t w = 0; w < words_down; ++w) {
      std::uint64_t block[64] = {};
      const std::int64_t rows = std::min<std::int64_t>(64, height - 64 * w);
      for (std::int64_t r = 0; r < rows; ++r) {
        block[r] = mask.data[(64 * w + r) * mask.stride[0] + k];
      }
      transpose_bits(block);
      for (std::int64_t c = 0; c < 64; ++c) {
        words[static_cast<std::size_t>(c * words_down + w)] = block[c];
      }
    }
    return true;
  }

  /// The reverse; leaves the columns zero.
  void store(const view<std::uint64_t, 2>& mask, std::int64_t k) {
    for (std::int64_t w = 0; w < words_down; ++w) {
      std::uint64_t block[64];
      for (std::int64_t c = 0; c < 64; ++c) {
        block[c] = words[static_cast<std::size_t>(c * words_down + w)];
      }
      transpose_bits(block);
      const std::int64_t rows = std::min<std::int64_t>(64, height - 64 * w);
      for (std::int64_t r = 0; r < rows; ++r) {
        mask.data[(64 * w + r) * mask.stride[0] + k] = block[r];
      }
    }
    std::fill(words.begin(), words.end(), std::uint64_t{0});
  }

  /// Sets rows [top, bottom) of column c.
  void set(std::int64_t c, std::int64_t top, std::int64_t bottom) {
    for (std::int64_t w = top / 64; 64 * w < bottom; ++w) {
      words[static_cast<std::size_t>(c * words_down + w)] |=
          math::low_bits(std::min<std::int64_t>(bottom - 64 * w, 64)) &
          ~math::low_bits(top - 64 * w);
    }
  }
};

inline std::vector<std::uint32_t> encode_rle(const view<const std::uint64_t, 2>& mask,
                                             std::int64_t width) {
  const std::int64_t height = mask.extent[0];
  std::vector<std::uint32_t> counts;
  std::int64_t last = 0;     // where the current run began
  std::uint64_t before = 0;  // the pixel before
  const auto edge = [&](std::int64_t at) {
    counts.push_back(static_cast<std::uint32_t>(at - last));
    last = at;
  };
  mask_columns columns(height);
  for (std::int64_t k = 0; height > 0 && k < mask.extent[1]; ++k) {
    if (!columns.load(mask, k)) {
      if (before != 0) edge(64 * k * height);
      before = 0;
      continue;
    }
    for (std::int64_t c = 0; c < std::min<std::int64_t>(64, width - 64 * k); ++c) {
      const std::uint64_t* column = columns.words.data() + c * columns.words_down;
      for (std::int64_t w = 0; w < columns.words_down; ++w) {
        const std::int64_t rows = std::min<std::int64_t>(64, height - 64 * w);
        std::uint64_t edges = (column[w] ^ (column[w] << 1 | before)) & math::low_bits(rows);
        for (; edges != 0; edges &= edges - 1) {
          edge((64 * k + c) * height + 64 * w + math::lowest_bit(edges));
        }
        before = column[w] >> (rows - 1) & 1;
      }
    }
  }
  edge(width * height);
  return counts;
}

/// The counts add up to the mask's pixels.
inline void decode_rle(std::span<const std::uint32_t> counts, const view<std::uint64_t, 2>& mask,
                       std::int64_t width) {
  const std::int64_t height = mask.extent[0];
  if (height == 0) return;
  mask_columns columns(height);
  std::size_t next = 0;
  std::int64_t start = 0;  // of the run before `next`
  std::int64_t end = 0;
  bool ones = true;  // what that run is of; the first one is of zeros
  for (std::int64_t k = 0; k < mask.extent[1]; ++k) {
    const std::int64_t first = 64 * k * height;
    const std::int64_t stop = std::min(64 * (k + 1), width) * height;
    for (;;) {
      if (ones) {
        std::int64_t at = std::max(start, first);
        while (at < std::min(end, stop)) {
          const std::int64_t c = at / height;
          const std::int64_t bottom = std::min(std::min(end, stop), (c + 1) * height);
          columns.set(c - 64 * k, at - c * height, bottom - c * height);
          at = bottom;
        }
      }
      if (end >= stop || next == counts.size()) break;
      start = end;
      end += counts[next++];
      ones = !ones;
    }
    columns.store(mask, k);
  }
}

}  // namespace kernels::inline KERNELS_ABI::cpu
