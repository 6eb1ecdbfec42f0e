#include "report.hpp"

#include <common/table.hpp>

#include <algorithm>
#include <cmath>

namespace kernels::examples {
namespace {

std::string count_text(std::int64_t count, const std::string& unit, const char* more = "s") {
  return std::to_string(count) + " " + unit + (count == 1 ? "" : more);
}

std::string rate_text(double frames, double seconds) {
  const double rate = frames / std::max(seconds, 1e-9);
  return number_text(rate, rate < 100 ? 1 : 0);
}

}  // namespace

std::string report_text(const run_statistics& run, const std::string& where,
                        const std::string& output) {
  camera_statistics all;
  std::vector<std::vector<std::string>> cameras = {{"camera", "frames", "tracks", "boxes"}, {}};
  for (const auto& one : run.cameras) {
    all.frames += one.frames;
    all.tracks += one.tracks;
    all.boxes += one.boxes;
    cameras.push_back({one.name, std::to_string(one.frames), std::to_string(one.tracks),
                       std::to_string(one.boxes)});
  }
  std::string text = count_text(all.frames, "frame") + ", " + count_text(all.tracks, "track") +
                     ", " + count_text(all.boxes, "box", "es") + " in " + output + " (" + where +
                     ")\n";
  if (run.cameras.size() > 1) text += table_text(cameras) + "\n";
  std::vector<std::vector<std::string>> steps = {{"", "seconds", "share", "frames/s"}, {}};
  const double total = std::max(run.total, 1e-9);
  const auto frames = static_cast<double>(all.frames);
  const auto add = [&](const std::string& name, double seconds) {
    steps.push_back({name, number_text(seconds, seconds < 0.1 ? 4 : 2),
                     number_text(100 * seconds / total, 0) + " %", rate_text(frames, seconds)});
  };
  for (const auto& step : run.steps) {
    if (step.seconds > 0) add(step.name, step.seconds);
  }
  steps.emplace_back();
  add("total", run.total);
  return text + table_text(steps);
}

}  // namespace kernels::examples
