// What a gallery refuses, and what it makes of rows that it is given.
#pragma once

#include <kernels/embedding/gallery_file.hpp>

namespace kernels::inline KERNELS_ABI::gallery_detail {

inline void check_dimension(std::string_view what, std::int64_t dimension) {
  if (dimension < 1 || dimension > kMostDimension) {
    refuse("gallery", what, "1 to 2^20", std::to_string(dimension));
  }
}
inline void check_labels(std::span<const std::string_view> labels, std::int64_t rows) {
  if (static_cast<std::int64_t>(labels.size()) != rows && labels.size() != 1) {
    refuse("gallery", "labels", "one, or one for each of " + std::to_string(rows) + " rows",
           std::to_string(labels.size()));
  }
  for (std::size_t k = 0; k < labels.size(); ++k) {
    const char* fault = label_fault(labels[k]);
    if (fault != nullptr) {
      refuse("gallery", "label " + std::to_string(k),
             "text of 1 to 65535 bytes without line breaks", fault);
    }
  }
}
inline void check_params(const gallery_match_params& params) {
  const auto within = [](const char* what, float value, float least, float most) {
    if (value >= least && value <= most) return;
    refuse("gallery", what, number_text(least) + " to " + number_text(most), number_text(value));
  };
  within("threshold", params.threshold, -1, 1);
  within("margin", params.margin, 0, 2);
  if (params.best_of < 1) {
    refuse("gallery", "best_of", "at least 1", std::to_string(params.best_of));
  }
}

/// Rows for enrolment: as they are and to unit length.
struct incoming {
  template <class T>
  incoming(on_cpu exec, const view<T, 2>& rows) {
    check_array("gallery", "rows", rows);
    if (rows.extent[0] > 0) check_dimension("dimension of rows", rows.extent[1]);
    unit.assign(exec, view<const std::remove_const_t<T>, 2>(rows), true);
    for (std::int64_t r = 0; r < unit.count(); ++r) {
      if (unit.state(r) == row_state::not_finite) {
        refuse("gallery", "rows", "finite numbers", "NaN or infinity in row " + std::to_string(r));
      }
    }
    const std::int64_t columns = rows.extent[1];
    raw.resize(rows.size());
    const auto widen = cpu::widen_row_for<std::remove_const_t<T>>(cpu::choose(exec.isa));
    for (std::int64_t r = 0; r < rows.extent[0]; ++r) {
      const T* in = rows.data + r * rows.stride[0];
      float* out = raw.data() + r * columns;
      if (columns <= 1 || rows.stride[1] == 1) {
        widen(in, out, columns);
      } else {
        for (std::int64_t i = 0; i < columns; ++i) {
          out[i] = math::to_float32(in[i * rows.stride[1]]);
        }
      }
    }
  }
  packed_rows unit;
  buffer<float> raw;
};

/// Queries to unit length.
template <class T>
packed_rows packed_queries(on_cpu exec, const view<T, 2>& queries) {
  check_array("gallery", "queries", queries);
  if (queries.extent[0] > 0) check_dimension("dimension of queries", queries.extent[1]);
  return packed_rows(exec, view<const std::remove_const_t<T>, 2>(queries), true);
}

}  // namespace kernels::inline KERNELS_ABI::gallery_detail
