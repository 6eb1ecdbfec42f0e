// The command line of e2p.
#pragma once

#include <common/encode.hpp>

#include <kernels/e2p.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace kernels::examples {

enum class backend { automatic, cpu, cuda };

/// How many views, and where they look.
struct views_option {
  enum class kind { ring, cube, file, one } what = kind::ring;
  int count = 8;               ///< of a ring
  double pitch = 0;            ///< of a ring
  std::filesystem::path file;  ///< a rig
};

struct options {
  std::vector<std::string> inputs;
  std::filesystem::path output;
  views_option views;
  double yaw = 0, pitch = 0, roll = 0;
  double fov = 90;
  std::optional<image_size> size;  ///< none: 1920x1080, and a cube's faces follow the panorama
  interpolation filter = interpolation::bilinear;
  image_format format = image_format::jpg;
  int quality = 0;
  backend where = backend::automatic;
  int threads = 0;  ///< as given; 0: all cores
  bool contact_sheet = false;
  bool allow_partial = false;
  bool quiet = false;
};

/// Nothing for --help and --version, which it prints.
/// Errors: usage_error naming the argument and the remedy.
std::optional<options> parse_options(int argc, char** argv);

}  // namespace kernels::examples
