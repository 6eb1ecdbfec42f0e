// Reads the .npy files of float16 that the test data has (version 1, C order).
#pragma once

#include <kernels/math/half.hpp>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace npy16 {

struct matrix {
  std::int64_t rows = 0, columns = 0;
  std::vector<float> values;
};

/// Appends the rows of a file. Errors: std::runtime_error.
inline void append(const std::filesystem::path& path, matrix& out) {
  std::ifstream file(path, std::ios::binary);
  const std::string all{std::istreambuf_iterator<char>(file), {}};
  const std::size_t header = all.find('\n') + 1;
  const std::size_t shape = all.find("'shape': (");
  if (header == 0 || shape > header || all.find("'<f2'") > header) {
    throw std::runtime_error(path.string() + ": not a .npy file of float16");
  }
  const std::size_t first = shape + std::strlen("'shape': (");
  const std::int64_t rows = std::stoll(all.substr(first));
  const std::int64_t columns = std::stoll(all.substr(all.find(',', first) + 1));
  const auto size = static_cast<std::size_t>(rows * columns);
  if (all.size() != header + 2 * size || (out.rows > 0 && out.columns != columns)) {
    throw std::runtime_error(path.string() + ": another size than its header says");
  }
  for (std::size_t k = 0; k < size; ++k) {
    kernels::half h;
    std::memcpy(&h, all.data() + header + 2 * k, sizeof h);
    out.values.push_back(kernels::math::from_half(h));
  }
  out.rows += rows;
  out.columns = columns;
}

}  // namespace npy16
