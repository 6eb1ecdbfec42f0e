// Matrices in .npy files, NumPy's own format: one embedding a row.
#pragma once

#include <kernels/core/view.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace kernels::examples {

enum class npy_type { float16, float32, float64, int8, uint8 };

const char* name(npy_type type);  ///< "float16"

/// A matrix in memory, as float32 whatever the file has. That is exact but for float64, which is
/// rounded (what is too large becomes infinite).
struct npy_matrix {
  std::int64_t rows = 0, columns = 0;
  npy_type type = npy_type::float32;  ///< of the file
  std::vector<float> values;          ///< row after row

  [[nodiscard]] view<const float, 2> view_of() const {
    return packed(values.data(), {rows, columns});
  }
  [[nodiscard]] std::span<const float> row(std::int64_t r) const {
    return std::span(values).subspan(static_cast<std::size_t>(r * columns),
                                     static_cast<std::size_t>(columns));
  }
};

/// Reads float16, float32, float64, int8 or uint8, little-endian, C order, of any version of the
/// format. An array of one dimension is one row.
/// Errors: usage_error naming the file and what is wrong with it: no .npy, cut off, bytes left
/// over, Fortran order, big-endian, another type, a shape that is no matrix or does not fit the
/// file. Takes no more memory than the file's size asks for.
npy_matrix read_npy(const std::filesystem::path& path);

/// The same from memory. name: what messages call it.
npy_matrix parse_npy(std::span<const std::uint8_t> file, const std::string& name);

/// A file of version 1.0, written whole or not at all. type: float16 or float32.
/// Errors: output_failure.
void write_npy(const std::filesystem::path& path, const view<const float, 2>& matrix,
               npy_type type = npy_type::float32);

}  // namespace kernels::examples
