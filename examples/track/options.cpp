#include "options.hpp"

#include "config.hpp"

#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/video.hpp>

#include <kernels/core/version.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>
#include <map>

namespace kernels::examples {
namespace {

constexpr const char* kAbout =
    "Boxes to tracks: gives the same person, car or animal the same number in every frame.\n"
    "Reads detections (MOT text: frame,id,left,top,width,height,score) or finds people in a\n"
    "video, and writes MOT text: frame,id,left,top,width,height,score,-1,-1,-1.\n";

constexpr const char* kExamples =
    "\nExamples:\n"
    "  track --video street.mp4 --output tracks.txt --overlay street_tracked.mp4\n"
    "  track --detections det.txt --output tracks.txt --fps 25\n"
    "  track --detections cameras/ --output tracks/ --tracker ocsort\n"
    "  track --video frames/ --model yolov8n.onnx --classes 0 --output tracks.txt\n"
    "  track --video street.mp4 --detections det.txt --output t.txt --overlay t.mp4\n"
    "\nA folder of detections is one camera a file, tracked together; its tracks go to\n"
    "OUTPUT/<name>.txt. A CONFIG.json holds the same names: {\"tracker\": \"sort\", \"fps\": 25,\n"
    "\"mot20\": true}; what is given on the command line wins.\n"
    "\nExit code: 0 all done, 1 something failed, 2 a mistake in what was asked, 130 Ctrl-C.\n";

/// The arguments as they were typed.
struct raw_options {
  std::string detections, video, output, overlay, save_detections, warps, masks, model, config;
  std::string tracker = "bytetrack", backend = "auto", model_size, classes;
};

[[noreturn]] void refuse_option(const std::string& option, const std::string& wanted,
                                const std::string& given) {
  throw usage_error(option + ": wanted " + wanted + ", given '" + given + "'");
}

void add_files(CLI::App& app, raw_options& raw) {
  app.add_option("--detections", raw.detections, "MOT text, or a folder of such: one a camera")
      ->type_name("FILE|DIR");
  app.add_option("--video", raw.video, "a video, or a folder of images")->type_name("FILE|DIR");
  app.add_option("-o,--output", raw.output, "tracks, or a folder for tracks")
      ->type_name("FILE|DIR");
  app.add_option("--overlay", raw.overlay, "also write the video with its tracks drawn")
      ->type_name("OUT.mp4");
  app.add_option("--save-detections", raw.save_detections, "also write what was detected")
      ->type_name("FILE");
  app.add_option("--config", raw.config, "options in a file")->type_name("FILE.json");
}

void add_tracking(CLI::App& app, options& o, raw_options& raw) {
  app.add_option("--tracker", raw.tracker, "sort, bytetrack (default), botsort, ocsort or mcbyte")
      ->type_name("NAME");
  app.add_option("--fps", o.fps, "frames a second (default: the video's, else 30)")->type_name("X");
  app.add_option("--track-threshold", o.track_threshold, "scores above it are sure (default 0.6)")
      ->type_name("X");
  app.add_option("--new-threshold", o.new_threshold,
                 "scores that begin a track (default: track threshold + 0.1; botsort 0.7)")
      ->type_name("X");
  app.add_option("--match-threshold", o.match_threshold,
                 "largest distance of a match; sort, ocsort: smallest IoU")
      ->type_name("X");
  app.add_option("--track-buffer", o.track_buffer,
                 "frames at 30 fps that a track is kept unseen (default 30)")
      ->type_name("N");
  app.add_option("--max-buffer", o.max_buffer, "at most so many frames whatever the fps")
      ->type_name("N");
  app.add_flag("--mot20", o.mot20, "bytetrack as for MOT20: boxes alone decide the first match");
  app.add_flag("--no-score-fusion", o.no_score_fusion, "scores do not weigh matches");
  app.add_flag("--classes-apart", o.classes_apart, "boxes of different classes never match");
  app.add_option("--warps", raw.warps,
                 "camera motion, lines 'frame-from-0 h00 h01 h02 h10 h11 h12' (botsort, mcbyte)")
      ->type_name("FILE|DIR");
  app.add_option("--masks", raw.masks, "label maps, one PNG a frame (mcbyte)")->type_name("DIR");
  app.add_option("--interpolate", o.interpolate, "fill gaps of up to N frames")->type_name("N");
}

void add_detecting(CLI::App& app, options& o, raw_options& raw) {
  app.add_option("--model", raw.model, "a YOLO network (default: OpenCV's people detector)")
      ->type_name("FILE.onnx");
  app.add_option("--model-size", raw.model_size, "pixels the network sees (default 640x640)")
      ->type_name("WxH");
  app.add_option("--classes", raw.classes, "classes to keep, from 0, such as 0,2 (default: all)")
      ->type_name("LIST");
  app.add_option("--confidence", o.confidence, "scores of detections are above it (default 0.1)")
      ->type_name("X");
  app.add_option("--overlap", o.overlap,
                 "IoU above which the weaker of two detections goes (default: model 0.7, else 0.4)")
      ->type_name("X");
}

void add_options(CLI::App& app, options& o, raw_options& raw) {
  add_files(app, raw);
  add_tracking(app, o, raw);
  add_detecting(app, o, raw);
  app.add_option(
         "--backend", raw.backend,
         "auto (default: the GPU for 128 cameras and more), cpu or cuda; all give the same tracks")
      ->type_name("WHERE");
  app.add_option("--threads", o.threads, "CPU threads (default: all cores)")->type_name("N");
  app.add_flag("--quiet", o.quiet, "say nothing unless something is wrong");
  app.set_version_flag("--version", "track " + std::to_string(KERNELS_VERSION_MAJOR) + "." +
                                        std::to_string(KERNELS_VERSION_MINOR) + "." +
                                        std::to_string(KERNELS_VERSION_PATCH));
}

/// All of the text is one whole number, or nothing.
std::optional<std::int64_t> parse_whole(std::string_view text) {
  std::int64_t value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void parse_model_size(const std::string& text, options& o) {
  const auto x = text.find_first_of("xX");
  const auto side = [](std::optional<std::int64_t> n) { return n && *n >= 32 && *n <= 8192; };
  if (x != std::string::npos) {
    const auto width = parse_whole(std::string_view(text).substr(0, x));
    const auto height = parse_whole(std::string_view(text).substr(x + 1));
    if (side(width) && side(height)) {
      o.model_width = static_cast<int>(*width);
      o.model_height = static_cast<int>(*height);
      return;
    }
  }
  refuse_option("--model-size", "WIDTHxHEIGHT such as 640x640, each from 32 to 8192", text);
}

void parse_classes(const std::string& text, options& o) {
  std::size_t from = 0;
  while (from <= text.size()) {
    const auto comma = std::min(text.find(',', from), text.size());
    const auto number = parse_whole(std::string_view(text).substr(from, comma - from));
    if (!number || *number < 0 || *number > 1'000'000) {
      refuse_option("--classes", "numbers from 0 with commas between, such as 0,2", text);
    }
    o.classes.push_back(*number);
    from = comma + 1;
  }
}

template <class T>
T one_of(const char* option, const std::string& given,
         std::initializer_list<std::pair<const char*, T>> known) {
  std::string names;
  for (const auto& [name, value] : known) {
    if (given == name) return value;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  refuse_option(option, "one of " + names, given);
}

void check_number(const char* option, std::optional<double> value, double least, double most) {
  if (value && !(*value >= least && *value <= most)) {
    char text[96];
    std::snprintf(text, sizeof(text), "a number from %g to %g", least, most);
    char given[40];
    std::snprintf(given, sizeof(given), "%g", *value);
    refuse_option(option, text, given);
  }
}

void check_numbers(const CLI::App& app, const options& o) {
  constexpr int kMostFrames = 1'000'000;
  check_number("--fps", o.fps, 0.01, 10000);
  constexpr double kMostScore = 1e9;  // the trackers'; scores may lie outside [0, 1]
  check_number("--track-threshold", o.track_threshold, -kMostScore, kMostScore);
  check_number("--new-threshold", o.new_threshold, -kMostScore, kMostScore);
  check_number("--match-threshold", o.match_threshold, 0, 1);
  check_number("--confidence", o.confidence, 0, 1);
  check_number("--overlap", o.overlap, 0, 1);
  if (o.track_buffer) check_number("--track-buffer", *o.track_buffer, 0, kMostFrames);
  if (o.max_buffer) check_number("--max-buffer", *o.max_buffer, 0, kMostFrames);
  check_number("--interpolate", o.interpolate, 0, kMostFrames);
  if (app.count("--threads") != 0) check_number("--threads", o.threads, 1, 4096);
}

/// An option that says nothing for the tracker chosen is a misunderstanding worth telling.
void refuse_for_tracker(const CLI::App& app, const options& o) {
  using enum method;
  const std::initializer_list<std::pair<const char*, std::vector<method>>> known = {
      {"--track-threshold", {bytetrack, botsort, ocsort, mcbyte}},
      {"--new-threshold", {bytetrack, botsort, mcbyte}},

      {"--mot20", {bytetrack, botsort}},
      {"--no-score-fusion", {bytetrack, botsort}},
      {"--warps", {botsort, mcbyte}},
      {"--masks", {mcbyte}}};
  for (const auto& [option, trackers] : known) {
    if (app.count(option) == 0) continue;
    if (std::find(trackers.begin(), trackers.end(), o.tracker) != trackers.end()) continue;
    std::string names;
    for (const auto one : trackers) names += (names.empty() ? "" : ", ") + std::string(name(one));
    throw usage_error(std::string(option) + " means nothing to " + name(o.tracker) +
                      "; leave it out or choose --tracker " + names);
  }
}

void check_inputs(const CLI::App& app, const options& o) {
  if (o.detections.empty() && o.video.empty()) {
    throw usage_error("nothing to track: give --detections or --video; track --help shows more");
  }
  if (o.output.empty()) throw usage_error("--output is missing: name a file for the tracks");
  if (o.video.empty()) {
    for (const char* option : {"--overlay", "--save-detections", "--model", "--model-size",
                               "--classes", "--confidence", "--overlap"}) {
      if (app.count(option) != 0) {
        throw usage_error(std::string(option) +
                          " needs pictures: give --video as well, or leave "
                          "it out");
      }
    }
  } else if (!o.detections.empty()) {
    for (const char* option : {"--model", "--save-detections", "--confidence", "--overlap"}) {
      if (app.count(option) != 0) {
        throw usage_error(std::string(option) + " and --detections contradict each other: " +
                          "detections are found or read, not both; leave one out");
      }
    }
  }
  if (o.model.empty()) {
    for (const char* option : {"--model-size", "--classes"}) {
      if (app.count(option) != 0) {
        throw usage_error(std::string(option) + " needs --model, a YOLO network; leave it out");
      }
    }
  }
  if (!o.overlay.empty() && !video_writer::has_known_name(o.overlay)) {
    refuse_option("--overlay", "a name that ends in .mp4, .mkv or .mov", o.overlay.string());
  }
}

/// No output may be an input, or another output.
void refuse_overwriting(const options& o) {
  using named = std::pair<const char*, const std::filesystem::path*>;
  const std::initializer_list<named> outputs = {{"--output", &o.output},
                                                {"--overlay", &o.overlay},
                                                {"--save-detections", &o.save_detections}};
  const std::initializer_list<named> inputs = {{"--detections", &o.detections},
                                               {"--video", &o.video},
                                               {"--warps", &o.warps},
                                               {"--masks", &o.masks},
                                               {"--model", &o.model}};
  const auto refuse_same = [](const named& a, const named& b) {
    if (a.second->empty() || b.second->empty() || !same_file(*a.second, *b.second)) return;
    throw usage_error(std::string(a.first) + " " + a.second->string() + " is also " + b.first +
                      "; choose another name");
  };
  for (auto a = outputs.begin(); a != outputs.end(); ++a) {
    for (const auto& input : inputs) refuse_same(*a, input);
    for (auto b = a + 1; b != outputs.end(); ++b) refuse_same(*a, *b);
  }
}

void interpret(const CLI::App& app, const raw_options& raw, options& o) {
  for (const char* option : {"--detections", "--video", "--output", "--overlay",
                             "--save-detections", "--warps", "--masks", "--model"}) {
    if (app.count(option) != 0 && app.get_option(option)->as<std::string>().empty()) {
      refuse_option(option, "a name", "");
    }
  }
  o.detections = raw.detections;
  o.video = raw.video;
  o.output = raw.output;
  o.overlay = raw.overlay;
  o.save_detections = raw.save_detections;
  o.warps = raw.warps;
  o.masks = raw.masks;
  o.model = raw.model;
  o.tracker = one_of<method>("--tracker", raw.tracker,
                             {{"sort", method::sort},
                              {"bytetrack", method::bytetrack},
                              {"botsort", method::botsort},
                              {"ocsort", method::ocsort},
                              {"mcbyte", method::mcbyte}});
  o.where = one_of<backend>(
      "--backend", raw.backend,
      {{"auto", backend::automatic}, {"cpu", backend::cpu}, {"cuda", backend::cuda}});
  if (app.count("--model-size") != 0) parse_model_size(raw.model_size, o);
  if (app.count("--classes") != 0) parse_classes(raw.classes, o);
  check_numbers(app, o);
  refuse_for_tracker(app, o);
  check_inputs(app, o);
  refuse_overwriting(o);
}

/// A command line, parsed into values of its own.
struct command_line {
  CLI::App app{kAbout, "track"};
  options values;
  raw_options raw;

  command_line() {
    app.footer(kExamples);
    app.get_formatter()->column_width(30);
    add_options(app, values, raw);
  }

  /// False if help or version were wanted, which it prints.
  bool parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    try {
      app.parse(arguments);
    } catch (const CLI::CallForHelp& help) {
      app.exit(help);
      return false;
    } catch (const CLI::CallForVersion& version) {
      app.exit(version);
      return false;
    } catch (const CLI::ParseError& e) {
      throw usage_error(std::string(e.what()) + "; track --help shows what there is");
    }
    return true;
  }
};

}  // namespace

const char* name(method m) {
  switch (m) {
    case method::sort:
      return "sort";
    case method::bytetrack:
      return "bytetrack";
    case method::botsort:
      return "botsort";
    case method::ocsort:
      return "ocsort";
    default:
      return "mcbyte";
  }
}

std::optional<options> parse_options(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc);
  command_line typed;
  if (!typed.parse(arguments)) return std::nullopt;
  if (typed.app.count("--config") == 0) {
    interpret(typed.app, typed.raw, typed.values);
    return typed.values;
  }
  const auto more = arguments_of_config(typed.app, typed.raw.config);
  arguments.insert(arguments.end(), more.begin(), more.end());
  command_line all;
  all.parse(arguments);
  interpret(all.app, all.raw, all.values);
  return all.values;
}

}  // namespace kernels::examples
