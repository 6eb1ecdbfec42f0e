#include <common/progress.hpp>
#include <common/run_main.hpp>
#include <common/table.hpp>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace kernels::examples {
namespace {

constexpr double kBarSeconds = 0.1;   // between two drawings of the bar
constexpr double kLineSeconds = 5.0;  // between two lines

std::string seconds_text(double seconds) {
  const auto whole = std::llround(seconds);
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) {
    return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  }
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

bool has_utf8() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value == nullptr || *value == 0) continue;
    const std::string_view text = value;
    return text.find("UTF-8") != text.npos || text.find("utf8") != text.npos;
  }
  return false;
}

std::string bar(double share, int width) {
  const int full = std::clamp(static_cast<int>(std::lround(share * width)), 0, width);
  static const bool utf8 = has_utf8();
  std::string text;
  for (int k = 0; k < width; ++k) {
    if (utf8) {
      text += k < full ? "\u2588" : "\u2591";
    } else {
      text += k < full ? '#' : '.';
    }
  }
  return text;
}

int terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

progress::progress(std::string program, std::string unit, std::int64_t total, bool quiet)
    : program_(std::move(program)),
      unit_(std::move(unit)),
      total_(total),
      quiet_(quiet),
      terminal_(::isatty(STDERR_FILENO) == 1) {
  if (!quiet_ && terminal_) draw();
}

progress::~progress() { finish(); }

void progress::advance() {
  ++done_;
  if (quiet_ || since_drawn_.seconds() < (terminal_ ? kBarSeconds : kLineSeconds)) return;
  draw();
}

void progress::note(std::string_view message) {
  clear();
  print_message(program_, message);
}

void progress::finish() { clear(); }

std::string progress::rate_and_rest() const {
  const double seconds = std::max(since_start_.seconds(), 1e-9);
  const double rate = static_cast<double>(done_) / seconds;
  std::string text = number_text(rate, rate < 10 ? 2 : 1) + " " + unit_ + "/s";
  if (total_ > done_ && done_ > 0) {
    text += ", " + seconds_text(static_cast<double>(total_ - done_) / rate) + " left";
  }
  return text;
}

void progress::draw() {
  since_drawn_.lap();
  std::string count = std::to_string(done_);
  if (total_ > 0) count += "/" + std::to_string(std::max(total_, done_));
  const double share =
      total_ > 0 ? std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_)) : 0;
  const std::string text = count + " " + unit_ + ", " + rate_and_rest();
  if (!terminal_) return print_message(program_, text);
  std::string line = "\r\033[K" + program_ + " ";
  const int room = terminal_width() - static_cast<int>(program_.size() + text.size()) - 4;
  if (total_ > 0 && room >= 10) line += bar(share, std::min(room, 40)) + " ";
  line += text;
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
  shown_ = true;
}

void progress::clear() {
  if (!shown_) return;
  std::fputs("\r\033[K", stderr);
  shown_ = false;
}

}  // namespace kernels::examples
