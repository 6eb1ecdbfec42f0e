// walkers: a drawn clip of people walking, with everything known about them, to try track on.
#include "mot_file.hpp"
#include "walkers_scene.hpp"

#include <common/encode.hpp>
#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/run_main.hpp>
#include <common/stop.hpp>
#include <common/video.hpp>

#include <CLI/CLI.hpp>

#include <cmath>
#include <cstdio>
#include <memory>
#include <optional>
#include <random>

namespace kernels::examples {
namespace {

namespace fs = std::filesystem;

struct walkers_options {
  fs::path output, detections, truth, masks;
  scene_options scene;
  int frames = 250;
};

constexpr const char* kAbout =
    "Draws people walking over a square, to try track on: a video or a folder of images, and\n"
    "what is known of it as MOT text: detections as a detector would find them (a little off,\n"
    "weak or missing where people hide each other, some that are none), and the truth.\n";

void check_range(const char* option, double value, double least, double most) {
  if (value >= least && value <= most) return;
  char text[160];
  std::snprintf(text, sizeof text, "%s: wanted %g to %g, given %g", option, least, most, value);
  throw usage_error(text);
}

std::optional<walkers_options> parse(int argc, char** argv) {
  CLI::App app(kAbout, "walkers");
  walkers_options o;
  std::string output, detections, truth, masks;
  app.add_option("-o,--output", output, "OUT.mp4, or a folder for images")
      ->required()
      ->type_name("FILE|DIR");
  app.add_option("--detections", detections, "what a detector would find")->type_name("FILE");
  app.add_option("--ground-truth", truth, "who is where")->type_name("FILE");
  app.add_option("--masks", masks, "label maps, one PNG a frame")->type_name("DIR");
  app.add_option("--frames", o.frames, "default 250")->type_name("N");
  app.add_option("--people", o.scene.people, "about as many at a time (default 14)")
      ->type_name("N");
  app.add_option("--width", o.scene.width, "default 1280; the height is 9/16 of it")
      ->type_name("N");
  app.add_option("--fps", o.scene.fps, "frames a second (default 25)")->type_name("X");
  app.add_option("--seed", o.scene.seed, "another number, other people (default 1)")
      ->type_name("N");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    app.exit(help);
    return std::nullopt;
  } catch (const CLI::ParseError& e) {
    throw usage_error(std::string(e.what()) + "; walkers --help shows what there is");
  }
  if (output.empty()) throw usage_error("--output: wanted a name, given ''");
  check_range("--frames", o.frames, 1, 100000);
  check_range("--people", o.scene.people, 1, 200);
  check_range("--width", o.scene.width, 160, 7680);
  check_range("--fps", o.scene.fps, 1, 240);
  o.scene.height = o.scene.width * 9 / 32 * 2;
  o.output = output;
  o.detections = detections;
  o.truth = truth;
  o.masks = masks;
  return o;
}

/// What a detector would say about a frame.
class imperfect_detector {
 public:
  imperfect_detector(const scene_options& o) : options_(o), engine_(o.seed) {}

  void look(std::int64_t frame, const std::vector<seen_person>& people,
            std::vector<mot_row>& rows) {
    for (const auto& one : people) {
      const double off = 0.012 * one.box.height;
      const double seen = one.visibility + 0.05 * wobble();
      if (seen < 0.25) continue;
      const double score = std::min(0.99, 0.1 + 0.88 * seen - 0.03 * std::abs(wobble()));
      rows.push_back(row(frame, one.box.x + off * wobble(), one.box.y + off * wobble(),
                         one.box.width + off * wobble(), one.box.height + off * wobble(), score));
    }
    if (uniform() < 0.12) {  // something that is nobody
      const double tall = (0.08 + 0.2 * uniform()) * options_.height;
      rows.push_back(row(frame, uniform() * options_.width,
                         (0.3 + 0.5 * uniform()) * options_.height, 0.4 * tall, tall,
                         0.2 + 0.35 * uniform()));
    }
  }

 private:
  static mot_row row(std::int64_t frame, double left, double top, double width, double height,
                     double score) {
    mot_row r{.frame = frame};
    r.left = left;
    r.top = top;
    r.width = std::max(width, 1.0);
    r.height = std::max(height, 1.0);
    r.score = score;
    return r;
  }
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  /// About normal, of variance 1.
  double wobble() { return 2 * (uniform() + uniform() + uniform() - 1.5); }

  scene_options options_;
  std::mt19937_64 engine_;
};

std::unique_ptr<output_folder> folder_of(const fs::path& file, const char* option) {
  if (file.empty()) return nullptr;
  return std::make_unique<output_folder>(file.has_parent_path() ? file.parent_path() : ".", option);
}

std::string numbered(std::int64_t frame, const char* ending) {
  char name[40];
  std::snprintf(name, sizeof name, "%06lld.%s", static_cast<long long>(frame), ending);
  return name;
}

std::vector<mot_row> truth_rows(std::int64_t frame, const std::vector<seen_person>& people) {
  std::vector<mot_row> rows;
  for (const auto& one : people) {
    mot_row row{.frame = frame, .id = one.id};
    row.left = one.box.x;
    row.top = one.box.y;
    row.width = one.box.width;
    row.height = one.box.height;
    row.class_id = 1;
    row.visibility = one.visibility;
    rows.push_back(row);
  }
  return rows;
}

/// All nine columns, other than tracks.
std::string full_text(const std::vector<mot_row>& rows) {
  std::string text;
  for (const auto& r : rows) {
    char line[200];
    std::snprintf(line, sizeof line, "%lld,%lld,%.2f,%.2f,%.2f,%.2f,%.3f,%g,%.3f\n",
                  static_cast<long long>(r.frame), static_cast<long long>(r.id), r.left, r.top,
                  r.width, r.height, r.score, r.class_id, r.visibility);
    text += line;
  }
  return text;
}

int draw(const walkers_options& o) {
  const bool is_video = has_video_name(o.output);
  const auto folder =
      is_video ? folder_of(o.output, "--output") : std::make_unique<output_folder>(o.output);
  const auto detections_folder = folder_of(o.detections, "--detections");
  const auto truth_folder = folder_of(o.truth, "--ground-truth");
  const auto masks_folder =
      o.masks.empty() ? nullptr : std::make_unique<output_folder>(o.masks, "--masks");
  std::optional<video_writer> video;
  if (is_video) video.emplace(o.output, cv::Size(o.scene.width, o.scene.height), o.scene.fps);
  const walkers_scene scene(o.scene);
  imperfect_detector detector(o.scene);
  std::vector<mot_row> found;
  std::vector<mot_row> truth;
  for (std::int64_t number = 1; number <= o.frames; ++number) {
    throw_if_stopped();
    const auto frame = scene.frame(number);
    if (video) {
      video->write(frame.picture);
    } else {
      write_file(o.output / numbered(number, "jpg"), encode(frame.picture, image_format::jpg, 92));
    }
    if (masks_folder) {
      write_file(o.masks / numbered(number, "png"), encode(frame.labels, image_format::png, 0));
    }
    detector.look(number, frame.people, found);
    const auto rows = truth_rows(number, frame.people);
    truth.insert(truth.end(), rows.begin(), rows.end());
  }
  if (video) video->commit();
  if (!o.detections.empty()) write_file(o.detections, full_text(found));
  if (!o.truth.empty()) write_file(o.truth, full_text(truth));
  return 0;
}

}  // namespace
}  // namespace kernels::examples

int main(int argc, char** argv) {
  using namespace kernels::examples;
  return run_main(
      "walkers",
      [&] {
        const auto options = parse(argc, argv);
        return options ? draw(*options) : 0;
      },
      "choose a smaller --width");
}
