// mask_rle: run-lengths of masks as COCO writes them: numbers of pixels, down the columns, zeros
// and ones in turn, zeros first; and the compressed text that pycocotools makes of them.
//
//   const auto counts = encode_rle(masks[0], width);        // {6, 1, 40, …}
//   const std::string text = rle_to_string(counts);         // "61Y13N2…"
//   decode_rle(rle_from_string(text, height, width), masks[0], width);
//
// On the CPU only, one mask a call, on the calling thread. Class: exact. Source: maskApi.c of
// pycocotools, whose counts and texts these are.
#pragma once

#include <kernels/cpu/mask_rle.hpp>
#include <kernels/mask_gpu.hpp>

namespace kernels::inline KERNELS_ABI {

/// Refuses one mask that check_masks() refuses, a width that is not of its words, and 2^32 pixels.
template <class T>
void check_rle(std::string_view operation, const view<T, 2>& mask, std::int64_t width) {
  check_masks(
      operation, "mask",
      view<T, 3>{
          mask.data, {1, mask.extent[0], mask.extent[1]}, {0, mask.stride[0], mask.stride[1]}});
  if (width < 0 || mask_words(width) != mask.extent[1]) {
    refuse(operation, "width", "a width of " + std::to_string(mask.extent[1]) + " words",
           std::to_string(width));
  }
  if (width * mask.extent[0] > 0xffffffffLL) {
    refuse(operation, "mask", "fewer than 2^32 pixels", shape_text(mask.extent));
  }
}

/// Run-lengths of one packed mask (H, mask_words(width)). They alternate, the first of zeros (it
/// may be 0), and add up to H·W. Cost: one pass over the words, transposed where they are not zero.
/// Errors: kernels::error for a view or a width that does not fit.
inline std::vector<std::uint32_t> encode_rle(const view<const std::uint64_t, 2>& mask,
                                             std::int64_t width) {
  check_rle("encode_rle", mask, width);
  return cpu::encode_rle(mask, width);
}

/// The reverse: writes all of the mask. Runs of length 0 are allowed anywhere.
/// Errors: as above; counts that do not add up to H·W.
inline void decode_rle(std::span<const std::uint32_t> counts, const view<std::uint64_t, 2>& mask,
                       std::int64_t width) {
  check_rle("decode_rle", mask, width);
  std::uint64_t sum = 0;
  for (const auto c : counts) sum += c;
  const auto pixels = static_cast<std::uint64_t>(width * mask.extent[0]);
  if (sum != pixels) {
    refuse("decode_rle", "counts", "a sum of " + std::to_string(pixels) + " pixels",
           std::to_string(sum));
  }
  cpu::decode_rle(counts, mask, width);
}

/// The compressed text: from the fourth count on, the difference to the one two before; each number
/// in groups of five bits from the lowest, a sixth bit says that more follow; plus 48.
inline std::string rle_to_string(std::span<const std::uint32_t> counts) {
  std::string text;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    std::int64_t x = counts[k];
    if (k > 2) x -= counts[k - 2];
    for (bool more = true; more;) {
      const std::int64_t low = x & 0x1f;
      x >>= 5;
      more = (low & 0x10) != 0 ? x != -1 : x != 0;
      text += static_cast<char>(48 + low + (more ? 0x20 : 0));
    }
  }
  return text;
}

/// Counts from such a text, for a mask of this size.
/// Errors: kernels::error that names what is wrong and where: a character outside '0' … 'o', a
/// number without an end or of more than 7 characters, a negative count, counts that do not add up
/// to height · width.
inline std::vector<std::uint32_t> rle_from_string(std::string_view text, std::int64_t height,
                                                  std::int64_t width) {
  constexpr auto kName = "rle_from_string";
  constexpr std::int64_t kSide = std::int64_t{1} << 20;
  if (height < 0 || width < 0 || height >= kSide || width >= kSide ||
      height * width > 0xffffffffLL) {
    refuse(kName, "size", "sides from 0 to 2^20 - 1 and fewer than 2^32 pixels",
           shape_text(std::array{height, width}));
  }
  const std::int64_t pixels = height * width;
  std::int64_t sum = 0;
  std::vector<std::uint32_t> counts;
  for (std::size_t at = 0; at < text.size();) {
    const std::string place = " at character " + std::to_string(at);
    std::int64_t x = 0;
    for (int shift = 0;; shift += 5) {
      if (at == text.size()) refuse(kName, "text", "the end of a number", "the end of the text");
      const int c = static_cast<unsigned char>(text[at]) - 48;
      if (c < 0 || c > 63) {
        refuse(kName, "text", "characters from '0' to 'o'",
               "byte " + std::to_string(c + 48) + " at character " + std::to_string(at));
      }
      if (shift > 30)
        refuse(kName, "text", "numbers of at most 7 characters", "a longer one" + place);
      ++at;
      x |= std::int64_t{c & 0x1f} << shift;
      if ((c & 0x20) != 0) continue;
      if ((c & 0x10) != 0) x -= std::int64_t{1} << (shift + 5);
      break;
    }
    if (counts.size() > 2) x += counts[counts.size() - 2];
    if (x < 0) refuse(kName, "text", "counts of 0 or more", std::to_string(x) + place);
    if (x > pixels - sum) {
      refuse(kName, "text", "a sum of " + std::to_string(pixels) + " pixels",
             std::to_string(sum + x) + " or more" + place);
    }
    sum += x;
    counts.push_back(static_cast<std::uint32_t>(x));
  }
  if (sum != pixels) {
    refuse(kName, "text", "a sum of " + std::to_string(pixels) + " pixels", std::to_string(sum));
  }
  return counts;
}

}  // namespace kernels::inline KERNELS_ABI
