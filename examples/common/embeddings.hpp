// Embeddings as the user's files hold them, looked over before any work.
#pragma once

#include <common/npy.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace kernels::examples {

struct embeddings {
  npy_matrix matrix;
  std::vector<std::int64_t> bad_rows;       ///< that hold NaN or an infinity
  std::int64_t zero_rows = 0;               ///< similarity 0 with everything
  double least_norm = 0, largest_norm = 0;  ///< of the other rows

  [[nodiscard]] std::int64_t rows() const { return matrix.rows; }
  [[nodiscard]] std::int64_t dimension() const { return matrix.columns; }
  [[nodiscard]] view<const float, 2> view_of() const { return matrix.view_of(); }
  /// "80 x 512 float16, lengths 7.9 to 13.4"
  [[nodiscard]] std::string description() const;
};

/// What becomes of rows that hold NaN or an infinity: they are refused; the same, where the user
/// could have given --skip-bad-rows; they are counted.
enum class not_finite { refused, skippable, skipped };

/// Errors: usage_error, as read_npy; no rows; rows that are not finite, naming the first.
embeddings read_embeddings(const std::filesystem::path& path,
                           not_finite what_then = not_finite::refused);

/// Errors: usage_error naming both files unless rows are as long here as there.
void check_dimension(const embeddings& given, const std::filesystem::path& path,
                     std::int64_t wanted, const std::string& whose);

}  // namespace kernels::examples
