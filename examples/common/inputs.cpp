#include <common/decode.hpp>
#include <common/errors.hpp>
#include <common/inputs.hpp>
#include <common/video.hpp>

#include <algorithm>
#include <cctype>
#include <map>
#include <system_error>

namespace kernels::examples {
namespace fs = std::filesystem;
namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// Refuses two inputs with one stem, and a video beside an image named like one of its frames.
void refuse_duplicates(const std::vector<input>& inputs) {
  std::map<std::string, const input*> seen;
  const auto refuse_both = [](const input& a, const input& b) {
    throw usage_error("the outputs of " + a.path.string() + " and " + b.path.string() +
                      " would have the same names; rename one, or give them to separate runs with "
                      "separate --output folders");
  };
  for (const auto& one : inputs) {
    const auto [it, is_new] = seen.emplace(one.stem, &one);
    if (!is_new) refuse_both(*it->second, one);
  }
  for (const auto& one : inputs) {
    const auto frame = one.stem.rfind("_f");
    if (one.is_video || frame == std::string::npos || frame + 2 == one.stem.size()) continue;
    if (!std::all_of(one.stem.begin() + static_cast<std::ptrdiff_t>(frame) + 2, one.stem.end(),
                     is_digit)) {
      continue;
    }
    const auto it = seen.find(one.stem.substr(0, frame));
    if (it != seen.end() && it->second->is_video) refuse_both(*it->second, one);
  }
}

/// Takes "_v07", "_f000012" or "_sheet" off the end of a name; false if it is not there.
bool take_suffix(std::string& name, std::string_view mark, bool digits) {
  auto end = name.size();
  while (digits && end > 0 && is_digit(name[end - 1])) --end;
  if (digits && end == name.size()) return false;
  if (end < mark.size() || name.compare(end - mark.size(), mark.size(), mark) != 0) return false;
  name.resize(end - mark.size());
  return true;
}

}  // namespace

std::vector<fs::path> images_in(const fs::path& folder) {
  std::vector<fs::path> images;
  bool videos = false;
  std::error_code code;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    const auto& path = it->path();
    std::error_code ignored;
    if (path.filename().string().front() == '.' || it->is_directory(ignored)) continue;
    if (has_image_name(path)) images.push_back(path);
    videos = videos || has_video_name(path);
  }
  if (code) throw usage_error("cannot read the folder " + folder.string() + ": " + code.message());
  if (images.empty()) {
    throw usage_error("the folder " + folder.string() + " holds no JPEG, PNG or WebP images" +
                      (videos ? "; name its videos themselves" : ""));
  }
  std::ranges::sort(images, [](const fs::path& a, const fs::path& b) {
    return natural_less(a.filename().string(), b.filename().string());
  });
  return images;
}

bool natural_less(const std::string& a, const std::string& b) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (is_digit(a[i]) && is_digit(b[j])) {
      while (i < a.size() && a[i] == '0') ++i;
      while (j < b.size() && b[j] == '0') ++j;
      const auto first_i = i;
      const auto first_j = j;
      while (i < a.size() && is_digit(a[i])) ++i;
      while (j < b.size() && is_digit(b[j])) ++j;
      const auto x = a.substr(first_i, i - first_i);
      const auto y = b.substr(first_j, j - first_j);
      if (x.size() != y.size()) return x.size() < y.size();
      if (x != y) return x < y;
    } else {
      if (a[i] != b[j]) return a[i] < b[j];
      ++i;
      ++j;
    }
  }
  if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
  return a < b;
}

std::vector<input> expand_inputs(const std::vector<std::string>& arguments) {
  std::vector<input> inputs;
  for (const auto& argument : arguments) {
    const fs::path path = argument;
    std::error_code code;
    const auto status = fs::status(path, code);
    if (!fs::exists(status)) {
      throw usage_error("there is no file or folder " + argument + "; check the name");
    }
    std::vector<fs::path> files = {path};
    if (fs::is_directory(status)) files = images_in(path);
    for (const auto& file : files) {
      inputs.push_back({file, file.stem().string(), has_video_name(file)});
    }
  }
  refuse_duplicates(inputs);
  return inputs;
}

void refuse_overwriting(const std::vector<input>& inputs, const fs::path& folder) {
  std::map<std::string, const input*> stems;
  for (const auto& one : inputs) stems.emplace(one.stem, &one);
  for (const auto& one : inputs) {
    const auto parent = one.path.has_parent_path() ? one.path.parent_path() : fs::path(".");
    std::error_code code;
    if (!fs::equivalent(parent, folder, code)) continue;
    std::string origin = one.stem;
    if (!take_suffix(origin, "_v", true) && !take_suffix(origin, "_sheet", false)) continue;
    auto it = stems.find(origin);
    if (it == stems.end() && take_suffix(origin, "_f", true)) it = stems.find(origin);
    if (it == stems.end()) continue;
    throw usage_error("the outputs of " + it->second->path.string() +
                      " could overwrite the input " + one.path.string() +
                      "; choose another --output");
  }
}

}  // namespace kernels::examples
