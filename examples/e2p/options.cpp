#include "options.hpp"

#include <common/errors.hpp>

#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>
#include <cstdio>

namespace kernels::examples {
namespace {

constexpr std::int64_t kMostPixels = 65535;  // a side, on the command line
constexpr int kMostViews = 9999;

constexpr const char* kAbout =
    "Perspective views out of 360° (equirectangular) images and videos.\n"
    "Writes DIR/<name>_v00.jpg, _v01 ... (of a video <name>_f000001_v00.jpg ...) and\n"
    "DIR/cameras.json, which describes the views and can be given to --views again.\n";

constexpr const char* kExamples =
    "\nExamples:\n"
    "  e2p room.jpg --output views                      eight views around, 90° each\n"
    "  e2p room.jpg --output views --yaw 30 --pitch -10 one view\n"
    "  e2p clip.mp4 --output views --views ring:4 --size 1280x720\n"
    "  e2p photos/ --output views --views cube --format png --contact-sheet\n"
    "\nAngles are degrees: positive yaw looks right, positive pitch up, positive roll turns the\n"
    "camera clockwise. A RIG.json is a list of views, each {\"yaw\", \"pitch\", \"roll\", \"fov\" "
    "or\n"
    "\"hfov\", \"vfov\", \"width\", \"height\"} (what is missing comes from --fov and --size), or "
    "with\n"
    "\"K\" and \"R\", 3x3, as in cameras.json.\n"
    "\nExit code: 0 all done, 1 something failed, 2 a mistake in what was asked, 130 Ctrl-C.\n";

/// The arguments as they were typed.
struct raw_options {
  std::string views = "ring8", size, filter = "bilinear", format = "jpg", backend = "auto";
  std::string output;
};

/// All of the text is one number, or nothing.
template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

[[noreturn]] void refuse_option(const std::string& option, const std::string& wanted,
                                const std::string& given) {
  throw usage_error(option + ": wanted " + wanted + ", given '" + given + "'");
}

image_size parse_size(const std::string& text) {
  const auto x = text.find_first_of("xX");
  const auto in_range = [](std::optional<std::int64_t> n) {
    return n && *n >= 1 && *n <= kMostPixels;
  };
  if (x != std::string::npos) {
    const auto width = parse_number<std::int64_t>(std::string_view(text).substr(0, x));
    const auto height = parse_number<std::int64_t>(std::string_view(text).substr(x + 1));
    if (in_range(width) && in_range(height)) return {*width, *height};
  }
  refuse_option("--size", "WIDTHxHEIGHT such as 1920x1080, each from 1 to 65535", text);
}

views_option parse_ring(const std::string& text) {
  views_option views;
  const std::string rest = text.substr(5);
  const auto at = rest.find('@');
  const auto count = parse_number<int>(std::string_view(rest).substr(0, at));
  if (!count || *count < 1 || *count > kMostViews) {
    refuse_option("--views", "ring:N with N from 1 to " + std::to_string(kMostViews), text);
  }
  views.count = *count;
  if (at != std::string::npos) {
    const auto pitch = parse_number<double>(std::string_view(rest).substr(at + 1));
    if (!pitch || !(std::abs(*pitch) <= 90)) {
      refuse_option("--views", "ring:N@PITCH with a pitch from -90 to 90", text);
    }
    views.pitch = *pitch;
  }
  return views;
}

views_option parse_views(const std::string& text) {
  if (text == "ring8") return {};
  if (text.starts_with("ring:")) return parse_ring(text);
  if (text == "cube") return {.what = views_option::kind::cube, .file = {}};
  if (std::filesystem::is_regular_file(text)) {
    return {.what = views_option::kind::file, .file = text};
  }
  refuse_option("--views", "ring8, ring:N[@PITCH], cube, or a JSON file that exists", text);
}

void refuse_both(const CLI::App& app, const char* one, const char* other, const char* remedy) {
  if (app.count(one) != 0 && app.count(other) != 0) {
    throw usage_error(std::string(one) + " and " + other + " contradict each other: " + remedy);
  }
}

void check_angles(const options& o) {
  for (const auto& [name, value] :
       {std::pair{"--yaw", o.yaw}, {"--pitch", o.pitch}, {"--roll", o.roll}}) {
    if (!(std::abs(value) <= 1e6)) {
      refuse_option(name, "an angle in degrees, at most 1000000", std::to_string(value));
    }
  }
  if (!(o.fov > 0 && o.fov < 180)) {
    refuse_option("--fov", "a field of view above 0 and below 180 degrees", std::to_string(o.fov));
  }
}

void check_views(const CLI::App& app, const options& o) {
  constexpr const char* kOneView = "angles ask for one view, --views for several; leave one out";
  for (const char* angle : {"--yaw", "--pitch", "--roll"}) {
    refuse_both(app, "--views", angle, kOneView);
  }
  if (o.views.what != views_option::kind::cube) return;
  refuse_both(app, "--fov", "--views", "the faces of a cube always have 90°; leave out --fov");
  if (o.size && o.size->width != o.size->height) {
    refuse_option("--size", "a square for the faces of a cube, such as 1024x1024",
                  std::to_string(o.size->width) + "x" + std::to_string(o.size->height));
  }
}

void check_format(const CLI::App& app, options& o) {
  if (app.count("--quality") == 0) o.quality = default_quality(o.format);
  if (o.format == image_format::png && app.count("--quality") != 0) {
    throw usage_error("--quality has no meaning for png, which loses nothing; leave it out");
  }
  if (o.format != image_format::png && (o.quality < 1 || o.quality > 100)) {
    refuse_option("--quality", "1 to 100", std::to_string(o.quality));
  }
}

void add_options(CLI::App& app, options& o, raw_options& raw) {
  app.add_option("INPUT", o.inputs, "images (JPEG, PNG, WebP), folders of images, videos")
      ->required()
      ->type_name("");
  app.add_option("-o,--output", raw.output, "folder to write to; made if missing")
      ->required()
      ->type_name("DIR");
  app.add_option("--views", raw.views, "ring8 (default), ring:N[@PITCH], cube, or a RIG.json")
      ->type_name("VIEWS");
  app.add_option("--yaw", o.yaw, "one view, looking this far to the right")->type_name("D");
  app.add_option("--pitch", o.pitch, "one view, looking this far up")->type_name("D");
  app.add_option("--roll", o.roll, "one view, turned this far clockwise")->type_name("D");
  app.add_option("--fov", o.fov, "horizontal field of view (default 90)")->type_name("D");
  app.add_option("--size", raw.size,
                 "size of a view (default 1920x1080; cube: squares, a quarter as wide as the first "
                 "panorama)")
      ->type_name("WxH");
  app.add_option("--interpolation", raw.filter, "nearest or bilinear (default)")
      ->type_name("FILTER");
  app.add_option("--format", raw.format, "jpg (default), png or webp")->type_name("FORMAT");
  app.add_option("--quality", o.quality, "1 to 100 (default: jpg 95, webp 90)")->type_name("Q");
  app.add_option("--backend", raw.backend,
                 "auto (default: the GPU if there is one), cpu or cuda; all give the same pixels")
      ->type_name("WHERE");
  app.add_option("--threads", o.threads, "CPU threads (default: all cores)")->type_name("N");
  app.add_flag("--contact-sheet", o.contact_sheet,
               "also write <name>_sheet: the panorama and its views in one picture");
  app.add_flag("--allow-partial", o.allow_partial,
               "take an image that is not 2:1 as a full sphere anyway");
  app.add_flag("--quiet", o.quiet, "say nothing unless something is wrong");
  app.set_version_flag("--version", "e2p " + std::to_string(KERNELS_VERSION_MAJOR) + "." +
                                        std::to_string(KERNELS_VERSION_MINOR) + "." +
                                        std::to_string(KERNELS_VERSION_PATCH));
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

void interpret(const CLI::App& app, const raw_options& raw, options& o) {
  o.output = raw.output;
  if (raw.output.empty()) refuse_option("--output", "a folder", "");
  o.views = parse_views(raw.views);
  if (app.count("--yaw") + app.count("--pitch") + app.count("--roll") != 0 &&
      app.count("--views") == 0) {
    o.views.what = views_option::kind::one;
  }
  if (app.count("--size") != 0) o.size = parse_size(raw.size);
  o.filter = one_of<interpolation>(
      "--interpolation", raw.filter,
      {{"nearest", interpolation::nearest}, {"bilinear", interpolation::bilinear}});
  o.format = one_of<image_format>(
      "--format", raw.format,
      {{"jpg", image_format::jpg}, {"png", image_format::png}, {"webp", image_format::webp}});
  o.where = one_of<backend>(
      "--backend", raw.backend,
      {{"auto", backend::automatic}, {"cpu", backend::cpu}, {"cuda", backend::cuda}});
  if (app.count("--threads") != 0 && (o.threads < 1 || o.threads > 4096)) {
    refuse_option("--threads", "1 to 4096", std::to_string(o.threads));
  }
  check_angles(o);
  check_views(app, o);
  check_format(app, o);
}

}  // namespace

std::optional<options> parse_options(int argc, char** argv) {
  CLI::App app(kAbout, "e2p");
  app.footer(kExamples);
  app.get_formatter()->column_width(28);
  options o;
  raw_options raw;
  add_options(app, o, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    app.exit(help);
    return std::nullopt;
  } catch (const CLI::CallForVersion& version) {
    app.exit(version);
    return std::nullopt;
  } catch (const CLI::ParseError& e) {
    throw usage_error(std::string(e.what()) + "; e2p --help shows what there is");
  }
  interpret(app, raw, o);
  return o;
}

}  // namespace kernels::examples
