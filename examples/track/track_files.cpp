#include "track_files.hpp"

#include "camera.hpp"
#include "engine.hpp"
#include "report.hpp"

#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/inputs.hpp>
#include <common/progress.hpp>
#include <common/stop.hpp>
#include <common/stopwatch.hpp>

#include <algorithm>
#include <cstdio>
#include <system_error>

namespace kernels::examples {
namespace {

namespace fs = std::filesystem;

/// The files of a folder of detections, in natural order.
std::vector<fs::path> detection_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code code;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    const auto& path = it->path();
    if (ending_of(path) == ".txt" && path.filename().string().front() != '.') files.push_back(path);
  }
  if (code) throw usage_error("cannot read the folder " + folder.string() + ": " + code.message());
  if (files.empty()) {
    throw usage_error("--detections: the folder " + folder.string() +
                      " holds no files named .txt; name a file, or another folder");
  }
  std::ranges::sort(files, [](const fs::path& a, const fs::path& b) {
    return natural_less(a.filename().string(), b.filename().string());
  });
  return files;
}

/// A camera whose detections come out of a file.
struct camera {
  std::string name;
  fs::path output;
  std::vector<mot_row> input;
  frame_facts facts;
  std::int64_t last = 0;
  std::size_t next = 0;  // row
  std::vector<detection> detections;
  track_rows tracks;

  camera(const fs::path& path, fs::path output_path, const fs::path& warps, const fs::path& masks)
      : name(path.stem().string()),
        output(std::move(output_path)),
        input(read_detections(path)),
        facts(warps, masks),
        last(last_frame(input)) {
    facts.require(last);
  }

  camera_frame frame(std::int64_t number) {
    detections.clear();
    for (; next < input.size() && input[next].frame == number; ++next) {
      detections.push_back(detection_of(input[next]));
    }
    if (number > last) return {detections, {}};  // others go on
    return {detections, facts.of(number)};
  }
};

/// Of a run over a folder, what belongs to one of its cameras.
fs::path beside(const fs::path& chosen, const std::string& name, bool many) {
  return chosen.empty() || !many ? chosen : chosen / name;
}

std::vector<camera> read_cameras(const options& o) {
  const bool many = fs::is_directory(o.detections);
  if (many && fs::exists(o.output) && !fs::is_directory(o.output)) {
    throw usage_error("--output " + o.output.string() +
                      " is a file, but the tracks of a folder go into a folder; name one");
  }
  if (!many && fs::is_directory(o.output)) {
    throw usage_error("--output " + o.output.string() +
                      " is a folder, but the tracks of one file go into a file; name one");
  }
  if (many && !o.warps.empty() && !fs::is_directory(o.warps)) {
    throw usage_error("--warps " + o.warps.string() +
                      " is one file, but there are several cameras: name a folder of <name>.txt");
  }
  std::vector<camera> cameras;
  for (const auto& path : many ? detection_files(o.detections) : std::vector{o.detections}) {
    throw_if_stopped();
    const auto stem = path.stem().string();
    cameras.emplace_back(path, beside(o.output, stem + ".txt", many),
                         beside(o.warps, stem + ".txt", many), beside(o.masks, stem, many));
  }
  return cameras;
}

/// Every camera stepped through all frames, together.
double step_all(std::vector<camera>& cameras, engine& trackers, std::int64_t frames,
                progress& shown) {
  std::vector<camera_frame> inputs(cameras.size());
  stopwatch watch;
  double tracking = 0;
  for (std::int64_t number = 1; number <= frames; ++number) {
    throw_if_stopped();
    for (std::size_t k = 0; k < cameras.size(); ++k) inputs[k] = cameras[k].frame(number);
    watch.lap();
    const auto answers = trackers.update(inputs);
    tracking += watch.lap();
    for (std::size_t k = 0; k < cameras.size(); ++k) {
      cameras[k].tracks.add(number, answers[k].tracks);
    }
    shown.advance();
  }
  return tracking;
}

}  // namespace

int track_files(const options& o) {
  const stopwatch clock;
  stopwatch watch;
  auto cameras = read_cameras(o);
  double reading = watch.lap();
  const bool many = fs::is_directory(o.detections);
  const auto parent = o.output.has_parent_path() ? o.output.parent_path() : fs::path(".");
  const output_folder folder(many ? o.output : parent);
  std::int64_t frames = 0;
  for (const auto& one : cameras) frames = std::max(frames, one.last);

  const auto trackers = make_engine(o, 0, static_cast<std::int64_t>(cameras.size()));
  progress shown("track", "frames", frames, o.quiet);
  watch.lap();
  const double tracking = step_all(cameras, *trackers, frames, shown);
  reading += watch.lap() - tracking;
  run_statistics run;
  for (auto& one : cameras) {
    if (o.interpolate > 0) one.tracks.interpolate(o.interpolate);
    run.cameras.push_back({one.name, one.last, one.tracks.tracks(), one.tracks.boxes()});
  }
  const double interpolating = o.interpolate > 0 ? watch.lap() : 0;
  for (const auto& one : cameras) {
    throw_if_stopped();
    one.tracks.write(one.output);
  }
  run.steps = {{"read", reading},
               {"track", tracking},
               {"interpolate", interpolating},
               {"write", watch.lap()}};
  run.total = clock.seconds();
  shown.finish();
  if (!o.quiet) {
    const auto where = std::string(name(o.tracker)) + ", " + trackers->description();
    std::fputs(report_text(run, where, o.output.string()).c_str(), stdout);
  }
  return 0;
}

}  // namespace kernels::examples
