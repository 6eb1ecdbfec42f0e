// cluster: groups embeddings. cluster --help says how.
#include "report.hpp"
#include "sheet.hpp"

#include <common/encode.hpp>
#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/run_main.hpp>
#include <common/stop.hpp>
#include <common/stopwatch.hpp>
#include <common/waiting.hpp>

#include <cstdio>

namespace {

using namespace kernels::examples;

image_format format_of(const std::filesystem::path& path) {
  const auto ending = ending_of(path);
  if (ending == ".png") return image_format::png;
  return ending == ".webp" ? image_format::webp : image_format::jpg;
}

std::vector<std::uint8_t> encoded_sheet(const options& o, const grouping& g,
                                        const std::vector<std::filesystem::path>& pictures) {
  const cv::Mat sheet = draw_sheet(o, g, pictures);
  const auto format = format_of(o.sheet);
  if (sheet.rows > most_pixels_a_side(format)) {
    throw usage_error("--contact-sheet: " + std::to_string(sheet.rows) +
                      " lines are too many for its format; lower --sheet-rows");
  }
  return encode(sheet, format, default_quality(format));
}

grouping grouped(const options& o, const embeddings& e) {
  const waiting message("cluster", "grouping " + std::to_string(e.rows()) + " rows", o.quiet);
  return group(o, e.view_of());
}

int run(const options& o) {
  const stopwatch whole;
  stopwatch lap;
  run_seconds seconds;
  const auto e =
      read_embeddings(o.embeddings, o.skip_bad_rows ? not_finite::skipped : not_finite::skippable);
  std::vector<std::filesystem::path> pictures;
  if (!o.images.empty()) pictures = read_picture_list(o.images, e.rows(), o.embeddings);
  seconds.read = lap.lap();
  auto g = grouped(o, e);
  if (o.how != method::hdbscan && o.min_cluster_size) drop_small(g, *o.min_cluster_size);
  seconds.group = lap.lap();
  throw_if_stopped();
  std::vector<std::uint8_t> sheet;
  if (!o.sheet.empty()) {
    sheet = encoded_sheet(o, g, pictures);
    seconds.draw = lap.lap();
  }
  std::string text;
  for (const auto label : g.labels) text += std::to_string(label) + "\n";
  const auto report = o.report.empty() ? std::string() : report_json(o, e, g, seconds);
  std::vector<file_contents> files = {{o.output, bytes_of(text)}};
  if (!o.report.empty()) files.push_back({o.report, bytes_of(report)});
  if (!o.sheet.empty()) files.push_back({o.sheet, sheet});
  write_files(files);
  seconds.write = lap.lap();
  seconds.total = whole.seconds();
  if (!o.quiet) std::fputs(report_text(o, e, g, seconds).c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return run_main(
      "cluster",
      [&] {
        const auto options = parse_options(argc, argv);
        return options ? run(*options) : 0;
      },
      "cluster fewer rows at a time");
}
