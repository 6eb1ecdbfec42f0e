// label_boxes on the CPU. The edges of the boxes cut the map into bands of rows, and each band into
// segments of columns; a pixel is counted once, into the histogram of its segment. A box then is a
// difference of two sums over segments: the cost of the pixels does not depend on how many boxes
// cover them.
#pragma once

#include <kernels/core/view.hpp>
#include <kernels/cpu/label_boxes_rows.hpp>
#include <kernels/cpu/parallel.hpp>
#include <kernels/math/label_boxes.hpp>

#include <span>
#include <vector>

namespace kernels::inline KERNELS_ABI {
namespace cpu {

/// What one piece of the map's rows needs and leaves behind.
struct label_boxes_piece {
  struct active_box {
    std::int64_t index, first, end;  ///< which box, and its segments
  };
  std::vector<std::int32_t> counts, areas, edges;
  std::vector<std::int32_t> histogram;  ///< zero between bands, and between calls
  std::vector<std::uint64_t> cuts;
  std::vector<std::uint8_t> seen;
  std::vector<active_box> active;
};

}  // namespace cpu

/// Memory that label_boxes reuses from call to call: with it and one thread, calls of sizes seen
/// before allocate nothing. Not for two calls at a time.
struct label_boxes_scratch {
  std::vector<box<std::int32_t>> boxes;
  std::vector<std::int32_t> row_edges;
  std::vector<cpu::label_boxes_piece> pieces;
};

namespace cpu {

/// The rows and columns that one band counts, and its segments.
struct label_band {
  std::int32_t top, bottom, left, right;
  std::int64_t segments;
};

/// Which boxes a band crosses, and the segments that their edges make.
inline label_band begin_label_band(label_boxes_piece& piece,
                                   const std::vector<box<std::int32_t>>& boxes, std::int32_t top,
                                   std::int32_t bottom, std::int32_t width, bool whole_rows) {
  label_band band{top, bottom, whole_rows ? 0 : width, whole_rows ? width : 0, 1};
  piece.active.clear();
  piece.edges.clear();
  for (std::size_t k = 0; k < boxes.size(); ++k) {
    const auto& b = boxes[k];
    if (b.top > top || b.bottom <= top) continue;
    piece.active.push_back({static_cast<std::int64_t>(k), 0, 0});
    piece.edges.push_back(b.left);
    piece.edges.push_back(b.right);
    band.left = std::min(band.left, b.left);
    band.right = std::max(band.right, b.right);
  }
  auto& edges = piece.edges;
  edges.push_back(band.left);
  edges.push_back(band.right);
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
  band.segments = std::max<std::int64_t>(static_cast<std::int64_t>(edges.size()) - 1, 1);
  for (auto& a : piece.active) {
    const auto& b = boxes[static_cast<std::size_t>(a.index)];
    a.first = std::lower_bound(edges.begin(), edges.end(), b.left) - edges.begin();
    a.end = std::lower_bound(edges.begin(), edges.end(), b.right) - edges.begin();
  }
  std::fill(piece.cuts.begin(), piece.cuts.end(), std::uint64_t{0});
  for (std::size_t k = 1; k + 1 < edges.size(); ++k) {
    const auto bit = static_cast<std::uint32_t>(edges[k] - band.left - 1);
    piece.cuts[bit / 64] |= std::uint64_t{1} << bit % 64;
  }
  return band;
}

/// Sums of segments to boxes; leaves the histogram zero.
inline void end_label_band(label_boxes_piece& piece, const label_band& band, std::int64_t labels) {
  for (std::int64_t label = 0; label < labels; ++label) {
    if (piece.seen[static_cast<std::size_t>(label)] == 0) continue;
    piece.seen[static_cast<std::size_t>(label)] = 0;
    std::int32_t* sums = piece.histogram.data() + label * band.segments;
    for (std::int64_t s = 1; s < band.segments; ++s) sums[s] += sums[s - 1];
    for (const auto& a : piece.active) {
      piece.counts[static_cast<std::size_t>(a.index * labels + label)] +=
          sums[a.end - 1] - (a.first > 0 ? sums[a.first - 1] : 0);
    }
    piece.areas[static_cast<std::size_t>(label)] += sums[band.segments - 1];
    std::fill(sums, sums + band.segments, 0);
  }
}

/// Memory for the numbers of one call, unless one box needs more: 64 MiB.
inline constexpr std::int64_t kMostLabelNumbers = std::int64_t{1} << 24;

/// Some boxes at a time, so that the scratch does not grow with the boxes.
template <class Label>
void label_some_boxes(on_cpu exec, const view<const Label, 2>& map,
                      std::span<const std::int32_t> slots,
                      const view<const box<std::int32_t>, 1>& boxes,
                      const view<std::int32_t, 2>& counts, const view<std::int32_t, 1>& areas,
                      std::int32_t pieces, label_boxes_scratch& scratch) {
  const auto height = static_cast<std::int32_t>(map.extent[0]);
  const auto width = static_cast<std::int32_t>(map.extent[1]);
  const std::int64_t labels = counts.extent[1];
  const bool whole_rows = areas.extent[0] > 0;
  const auto row_loop = choose_label_row<Label>(exec.isa);
  const auto known = slots.empty() ? labels : static_cast<std::int64_t>(slots.size());

  scratch.boxes.clear();
  auto& edges = scratch.row_edges;
  edges.assign({0, height});
  for (std::int64_t k = 0; k < boxes.extent[0]; ++k) {
    scratch.boxes.push_back(math::clip_to_map(boxes.data[k * boxes.stride[0]], height, width));
    edges.push_back(scratch.boxes.back().top);
    edges.push_back(scratch.boxes.back().bottom);
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());

  parallel_for(exec, pieces, [&](std::int64_t k) {
    auto& piece = scratch.pieces[static_cast<std::size_t>(k)];
    const auto size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
    piece.counts.assign(size(boxes.extent[0] * labels), 0);
    piece.areas.assign(size(labels), 0);
    piece.seen.assign(size(labels), 0);
    piece.cuts.resize(size(width / 64 + 1));
    const auto numbers = size(labels * (2 * boxes.extent[0] + 1));
    if (piece.histogram.size() < numbers) piece.histogram.resize(numbers, 0);
    const auto first = static_cast<std::int32_t>(std::int64_t{height} * k / pieces);
    const auto end = static_cast<std::int32_t>(std::int64_t{height} * (k + 1) / pieces);
    for (std::size_t e = 0; e + 1 < edges.size(); ++e) {
      const std::int32_t top = std::max(edges[e], first);
      const std::int32_t bottom = std::min(edges[e + 1], end);
      if (top >= bottom) continue;
      const auto band = begin_label_band(piece, scratch.boxes, top, bottom, width, whole_rows);
      if (band.left >= band.right) continue;
      for (std::int64_t row = top; row < bottom; ++row) {
        row_loop(map.data + row * map.stride[0] + band.left, band.right - band.left,
                 piece.cuts.data(), band.segments, slots.empty() ? nullptr : slots.data(),
                 static_cast<std::uint32_t>(known), piece.histogram.data(), piece.seen.data());
      }
      end_label_band(piece, band, labels);
    }
  });

  const auto total = [&](auto member, std::int64_t at) {
    std::int32_t sum = 0;
    for (std::int32_t k = 0; k < pieces; ++k) {
      sum += (scratch.pieces[static_cast<std::size_t>(k)].*member)[static_cast<std::size_t>(at)];
    }
    return sum;
  };
  for (std::int64_t k = 0; k < boxes.extent[0]; ++k) {
    std::int32_t* row = counts.data + k * counts.stride[0];
    for (std::int64_t l = 0; l < labels; ++l) {
      row[l] = total(&label_boxes_piece::counts, k * labels + l);
    }
  }
  for (std::int64_t l = 0; l < areas.extent[0]; ++l) {
    areas.data[l * areas.stride[0]] = total(&label_boxes_piece::areas, l);
  }
}

/// slots: where a label's numbers go, −1: not counted, nor are labels beyond its end; empty: labels
/// count as they are. Arguments have been checked.
template <class Label>
void label_boxes(on_cpu exec, const view<const Label, 2>& map, std::span<const std::int32_t> slots,
                 const view<const box<std::int32_t>, 1>& boxes, const view<std::int32_t, 2>& counts,
                 const view<std::int32_t, 1>& areas, label_boxes_scratch& scratch) {
  constexpr std::int64_t kPieceRows = 128;
  const std::int64_t by_rows =
      exec.threads == 1
          ? 1
          : std::clamp<std::int64_t>((map.extent[0] + kPieceRows - 1) / kPieceRows, 1, 16);
  // a label takes three numbers a box in each piece, and up to three more in the piece
  const std::int64_t numbers = kMostLabelNumbers / std::max<std::int64_t>(counts.extent[1], 1);
  const auto pieces = std::clamp<std::int64_t>(numbers / 6, 1, by_rows);
  const auto step = std::max<std::int64_t>(numbers / pieces / 3 - 1, 1);
  if (scratch.pieces.size() < static_cast<std::size_t>(pieces)) {
    scratch.pieces.resize(static_cast<std::size_t>(pieces));
  }
  std::int64_t done = 0;
  do {
    const std::int64_t some = std::min(step, boxes.extent[0] - done);
    auto part = boxes;
    part.data += done * boxes.stride[0];
    part.extent[0] = some;
    auto rows = counts;
    rows.data += done * counts.stride[0];
    rows.extent[0] = some;
    label_some_boxes(exec, map, slots, part, rows, done == 0 ? areas : view<std::int32_t, 1>{},
                     static_cast<std::int32_t>(pieces), scratch);
    done += some;
  } while (done < boxes.extent[0]);
}

}  // namespace cpu
}  // namespace kernels::inline KERNELS_ABI
