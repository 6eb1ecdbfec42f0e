// Galleries and answers for the GPU benchmark: see search_expected.hpp.
#include "search_expected.hpp"

#include <kernels/search.hpp>

namespace bench {

search_scene search_scene_of(const std::vector<float>& rows, const std::vector<float>& queries,
                             std::int64_t dimension, kernels::first_pass type, int k) {
  const auto count = static_cast<std::int64_t>(rows.size()) / dimension;
  const auto asked = static_cast<std::int64_t>(queries.size()) / dimension;
  const kernels::search_gallery gallery(
      kernels::on_cpu(), kernels::packed(rows.data(), {count, dimension}), {.first_pass = type});
  search_scene s;
  s.gallery = kernels::device_search_gallery(kernels::on_gpu(), gallery);
  s.compact_bytes = gallery.compact().panels() * gallery.compact().panel_bytes();
  s.expected.ids.resize(static_cast<std::size_t>(asked * k));
  s.expected.scores.resize(s.expected.ids.size());
  kernels::search<float>(kernels::on_cpu(), gallery,
                         kernels::packed(queries.data(), {asked, dimension}),
                         kernels::packed(s.expected.ids.data(), {asked, k}),
                         kernels::packed(s.expected.scores.data(), {asked, k}), {.k = k});
  return s;
}

}  // namespace bench
