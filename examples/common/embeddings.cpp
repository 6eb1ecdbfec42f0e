#include <common/embeddings.hpp>
#include <common/errors.hpp>
#include <common/table.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace kernels::examples {
namespace {

void look_over(embeddings& e) {
  e.least_norm = std::numeric_limits<double>::infinity();
  for (std::int64_t r = 0; r < e.rows(); ++r) {
    double squares = 0;
    for (const float x : e.matrix.row(r)) squares += static_cast<double>(x) * x;
    if (!std::isfinite(squares)) {
      e.bad_rows.push_back(r);
    } else if (squares == 0) {
      ++e.zero_rows;
    } else {
      e.least_norm = std::min(e.least_norm, std::sqrt(squares));
      e.largest_norm = std::max(e.largest_norm, std::sqrt(squares));
    }
  }
  if (e.largest_norm == 0) e.least_norm = 0;
}

}  // namespace

std::string embeddings::description() const {
  const auto number = [](double x) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.4g", x);
    return std::string(text);
  };
  std::string text = std::to_string(rows()) + " x " + std::to_string(dimension()) + " " +
                     name(matrix.type) + ", lengths " + number(least_norm);
  if (number(least_norm) != number(largest_norm)) text += " to " + number(largest_norm);
  if (zero_rows > 0) text += ", " + std::to_string(zero_rows) + " of zeros";
  if (!bad_rows.empty()) text += ", " + std::to_string(bad_rows.size()) + " not finite";
  return text;
}

embeddings read_embeddings(const std::filesystem::path& path, not_finite what_then) {
  embeddings e;
  e.matrix = read_npy(path);
  if (e.rows() == 0 || e.dimension() == 0) {
    throw usage_error("cannot use " + path.string() + ": it holds no embeddings");
  }
  look_over(e);
  if (what_then != not_finite::skipped && !e.bad_rows.empty()) {
    throw usage_error("cannot use " + path.string() + ": row " + std::to_string(e.bad_rows[0]) +
                      (e.bad_rows.size() == 1
                           ? " holds"
                           : " and " + std::to_string(e.bad_rows.size() - 1) + " more hold") +
                      " NaN or infinite numbers (as float32); take such rows out" +
                      (what_then == not_finite::skippable ? " or give --skip-bad-rows" : ""));
  }
  return e;
}

void check_dimension(const embeddings& given, const std::filesystem::path& path,
                     std::int64_t wanted, const std::string& whose) {
  if (given.dimension() == wanted) return;
  throw usage_error("rows of " + path.string() + " have " + std::to_string(given.dimension()) +
                    " numbers, those of " + whose + " have " + std::to_string(wanted) +
                    "; they must come from one model");
}

}  // namespace kernels::examples
