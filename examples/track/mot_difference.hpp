// What differs between two runs of trackers, up to the names of the identities.
#pragma once

#include "mot_file.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace kernels::examples {

struct mot_difference_options {
  double tolerance = 0.02;  ///< of each of left, top, width, height; at least 0
  bool scores = false;      ///< scores too, within 0.005 (they are written with two decimals)
  std::size_t shown = 10;   ///< how many differing rows are described
};

struct mot_difference {
  std::int64_t rows_a = 0, rows_b = 0, ids_a = 0, ids_b = 0;
  std::int64_t same = 0;  ///< rows with the same box, of identities that go together
  std::int64_t only_a = 0, only_b = 0;
  std::int64_t boxes = 0;       ///< identities go together, the boxes are too far apart
  std::int64_t identities = 0;  ///< the same box, of identities that do not go together
  std::int64_t scores = 0;      ///< same, but for the score
  std::int64_t switches_a = 0;  ///< times that an identity of A goes on as another one of B
  std::int64_t switches_b = 0;  ///< the other way round
  double largest = 0;           ///< largest difference of a coordinate among `boxes`
  std::map<std::int64_t, std::int64_t> renamed;  ///< identities of A that go together with one of B
  std::vector<std::string> lines;                ///< descriptions, by frame

  [[nodiscard]] bool any() const {
    return only_a + only_b + boxes + identities + scores + switches_a + switches_b != 0;
  }
};

/// Both sorted by frame, an id at most once in a frame. Identities go together one to one, so that
/// as many rows as possible have the same box and then, as far as there is a choice, overlap by
/// half. Errors: usage_error naming `name_a` or `name_b` for an id twice in a frame.
mot_difference difference_of(std::span<const mot_row> a, const std::string& name_a,
                             std::span<const mot_row> b, const std::string& name_b,
                             const mot_difference_options& options);

}  // namespace kernels::examples
