#include "similarities.hpp"

#include <common/errors.hpp>
#include <common/machine.hpp>

#include <kernels/cosine.hpp>

#include <string>

namespace kernels::examples {

std::vector<float> similarities(const view<const float, 2>& a, std::int64_t first,
                                std::int64_t count, const view<const float, 2>& b, int threads) {
  view<const float, 2> part = a;
  part.data += first * a.stride[0];
  part.extent[0] = count;
  std::vector<float> scores(static_cast<std::size_t>(count * b.extent[0]));
  cosine(on_cpu{.threads = threads}, part, b, packed(scores.data(), {count, b.extent[0]}));
  return scores;
}

void refuse_too_many(std::int64_t rows, std::int64_t columns, std::int64_t bytes_each) {
  const double bytes =
      static_cast<double>(rows) * static_cast<double>(columns) * static_cast<double>(bytes_each);
  if (bytes <= 0.5 * static_cast<double>(memory_bytes())) return;
  throw usage_error(std::to_string(rows) + " x " + std::to_string(columns) + " pairs take " +
                    bytes_text(bytes) +
                    ", more than half of this machine's memory; give fewer rows at a time");
}

}  // namespace kernels::examples
