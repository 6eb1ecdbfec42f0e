#include "warps.hpp"

#include <common/errors.hpp>
#include <common/file.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace kernels::examples {
namespace {

constexpr std::string_view kBetween = " \t\r,";
constexpr std::size_t kColumns = 7;

/// Takes the next word off the line.
std::string_view next_word(std::string_view& line) {
  const auto begin = std::min(line.find_first_not_of(kBetween), line.size());
  line.remove_prefix(begin);
  const auto end = std::min(line.find_first_of(kBetween), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(end);
  return word;
}

/// A finite number, or NaN.
double number(std::string_view word) {
  double value{};
  const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (code != std::errc{} || end != word.data() + word.size() || !std::isfinite(value)) {
    return std::nan("");
  }
  return value;
}

std::array<double, kColumns> parse(std::string_view text, const std::string& place) {
  std::array<double, kColumns> values{};
  for (std::size_t column = 0;; ++column) {
    const auto word = next_word(text);
    if (word.empty() && column == kColumns) return values;
    if (word.empty() || column == kColumns) {
      throw usage_error(place +
                        ": wanted 7 numbers (frame-from-0 h00 h01 h02 h10 h11 h12), given " +
                        (word.empty() ? std::to_string(column) : "more"));
    }
    values[column] = number(word);
    if (std::isnan(values[column])) {
      throw usage_error(place + ": wanted a finite number, given '" +
                        std::string(word.substr(0, 40)) + "'");
    }
  }
}

}  // namespace

warp_file::warp_file(const std::filesystem::path& path) : name_(path.string()) {
  if (!std::filesystem::is_regular_file(path)) {
    throw usage_error("--warps: there is no file " + name_ + "; check the name");
  }
  const auto bytes = read_file(path);
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (std::int64_t number = 1; !rest.empty(); ++number) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto first = text.find_first_not_of(kBetween);
    if (first == std::string_view::npos || text[first] == '#') continue;
    const auto place = name_ + ":" + std::to_string(number);
    const auto v = parse(text, place);
    if (!(v[0] >= 0 && v[0] < 1e15) || v[0] != std::floor(v[0])) {
      throw usage_error(place + ": wanted a frame number from 0");
    }
    lines_.push_back({static_cast<std::int64_t>(v[0]), {v[1], v[2], v[3], v[4], v[5], v[6]}});
  }
  std::ranges::stable_sort(lines_, {}, &line::frame);
  const auto twice = std::ranges::adjacent_find(lines_, {}, &line::frame);
  if (twice != lines_.end()) {
    throw usage_error(name_ + ": frame " + std::to_string(twice->frame) +
                      " is there twice; leave one out");
  }
}

const camera_motion& warp_file::at(std::int64_t frame) const {
  const auto found = std::ranges::lower_bound(lines_, frame - 1, {}, &line::frame);
  if (found == lines_.end() || found->frame != frame - 1) {
    throw usage_error(name_ + " has no warp for frame " + std::to_string(frame) + " (" +
                      std::to_string(frame - 1) + " counted from 0); add a line, '" +
                      std::to_string(frame - 1) + " 1 0 0 0 1 0' where the camera stands still");
  }
  return found->motion;
}

}  // namespace kernels::examples
