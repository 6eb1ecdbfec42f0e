// The text at the beginning of a .npy file: a Python dictionary of three entries.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kernels::examples {

struct npy_header {
  std::string type;  ///< as written: "<f4"
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
};

/// {'descr': '<f4', 'fortran_order': False, 'shape': (80, 512), }, in any order.
/// Errors: usage_error with the reason only.
npy_header parse_npy_header(std::string_view text);

}  // namespace kernels::examples
