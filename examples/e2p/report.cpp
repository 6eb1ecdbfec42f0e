#include "report.hpp"

#include <common/table.hpp>

#include <algorithm>

namespace kernels::examples {
namespace {

std::string count_text(std::int64_t count, const std::string& unit) {
  return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
}

}  // namespace

std::string report_text(const run_statistics& run, const std::string& backend,
                        const std::string& folder) {
  std::vector<std::vector<std::string>> rows = {{"", "seconds", "share", "megapixels/s"}, {}};
  const double total = std::max(run.total, 1e-9);
  const auto add = [&](const char* step, double seconds) {
    rows.push_back({step, number_text(seconds, 2), number_text(100 * seconds / total, 0) + " %",
                    number_text(run.megapixels / std::max(seconds, 1e-9), 1)});
  };
  add("decode", run.decode);
  add("sample", run.sample);
  add("encode and write", run.encode);
  if (run.sheet > 0) add("contact sheets", run.sheet);
  rows.emplace_back();
  add("total", run.total);
  std::string text = count_text(run.images, "image") + ", " + count_text(run.views, "view") + ", " +
                     number_text(run.megapixels, 1) + " megapixels in " + folder + " (" + backend +
                     ")\n";
  if (run.failed != 0) text += count_text(run.failed, "input") + " failed\n";
  return text + table_text(rows);
}

}  // namespace kernels::examples
