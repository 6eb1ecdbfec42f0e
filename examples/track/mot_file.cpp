#include "mot_file.hpp"

#include <common/errors.hpp>
#include <common/file.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace kernels::examples {
namespace {

constexpr std::size_t kFewestColumns = 7;
constexpr std::array kColumns = {"frame",  "id",    "left",  "top",       "width",
                                 "height", "score", "class", "visibility"};
constexpr std::string_view kBlanks = " \t";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

/// What the file says, fit to be printed: short and on one line.
std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 40;
  std::string shown = "'";
  for (const char c : text.substr(0, kMost)) {
    const auto code = static_cast<unsigned char>(c);
    shown += code < 0x20 || code == 0x7f ? '?' : c;
  }
  return shown + (text.size() > kMost ? "…'" : "'");
}

/// All of the text is one number, or nothing.
template <class T>
std::optional<T> number(std::string_view text) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// One row of a text, and how to complain about it.
class row_parser {
 public:
  row_parser(std::string_view name, std::int64_t line) : name_(name), line_(line) {}

  mot_row parse(std::string_view text) {
    const bool commas = text.find(',') != std::string_view::npos;
    mot_row row;
    std::size_t column = 0;
    for (std::string_view rest = text;; ++column) {
      const auto end = commas ? rest.find(',') : rest.find_first_of(kBlanks);
      put(row, column, trimmed(rest.substr(0, end)));
      if (end == std::string_view::npos) break;
      rest.remove_prefix(commas ? end + 1 : rest.find_first_not_of(kBlanks, end));
    }
    if (++column < kFewestColumns) {
      refuse("wanted at least 7 columns (frame,id,left,top,width,height,score), given " +
             std::to_string(column));
    }
    return row;
  }

 private:
  [[noreturn]] void refuse(const std::string& reason) const {
    throw usage_error(std::string(name_) + ":" + std::to_string(line_) + ": " + reason);
  }

  [[noreturn]] void refuse(std::size_t column, const char* wanted, std::string_view given) const {
    std::string what = "column " + std::to_string(column + 1);
    if (column < kColumns.size()) what.append(" (").append(kColumns[column]).append(")");
    refuse(what + ": wanted " + wanted + ", given " + quoted(given));
  }

  void put(mot_row& row, std::size_t column, std::string_view text) const {
    switch (column) {
      case 0:
        row.frame = whole(column, "a whole number of at least 1", text);
        if (row.frame < 1) refuse(column, "a whole number of at least 1", text);
        return;
      case 1:
        row.id = whole(column, "a whole number of 64 bits", text);
        return;
      case 2:
        row.left = finite(column, text);
        return;
      case 3:
        row.top = finite(column, text);
        return;
      case 4:
        row.width = size(column, text);
        return;
      case 5:
        row.height = size(column, text);
        return;
      case 6:
        row.score = finite(column, text);
        return;
      case 7:
        row.class_id = finite(column, text);
        return;
      case 8:
        row.visibility = finite(column, text);
        return;
      default:
        finite(column, text);
    }
  }

  std::int64_t whole(std::size_t column, const char* wanted, std::string_view text) const {
    if (const auto value = number<std::int64_t>(text)) return *value;
    constexpr double kExact = 9007199254740992.0;  // 2^53: from there on doubles skip integers
    const auto value = number<double>(text);
    if (!value || !(std::abs(*value) <= kExact) || *value != std::trunc(*value)) {
      refuse(column, wanted, text);
    }
    return static_cast<std::int64_t>(*value);
  }

  double finite(std::size_t column, std::string_view text) const {
    const auto value = number<double>(text);
    if (!value || !std::isfinite(*value)) refuse(column, "a finite number", text);
    return *value;
  }

  double size(std::size_t column, std::string_view text) const {
    const double value = finite(column, text);
    if (value < 0) refuse(column, "a number of at least 0", text);
    return value;
  }

  std::string_view name_;
  std::int64_t line_;
};

void append(std::string& text, double value, const mot_row& row) {
  if (!std::isfinite(value)) {
    throw failure("frame " + std::to_string(row.frame) + ", id " + std::to_string(row.id) +
                  ": a number that is not finite cannot be written");
  }
  char digits[400];  // the largest double has 309 digits
  const auto end =
      std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, 2);
  text.append(digits, end.ptr) += ',';
}

}  // namespace

std::vector<mot_row> parse_mot_text(std::string_view text, std::string_view name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<mot_row> rows;
  bool sorted = true;
  for (std::int64_t line = 1; !text.empty(); ++line) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view content = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (content.ends_with('\r')) content.remove_suffix(1);
    content = trimmed(content);
    if (content.empty()) continue;
    rows.push_back(row_parser(name, line).parse(content));
    sorted = sorted && (rows.size() < 2 || rows.rbegin()[1].frame <= rows.back().frame);
  }
  if (!sorted) {
    std::stable_sort(rows.begin(), rows.end(),
                     [](const mot_row& a, const mot_row& b) { return a.frame < b.frame; });
  }
  return rows;
}

std::vector<mot_row> read_mot_file(const std::filesystem::path& path) {
  const auto bytes = read_file(path);
  return parse_mot_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string());
}

std::span<const mot_row> rows_of_frame(std::span<const mot_row> rows, std::int64_t frame) {
  const auto begin = std::ranges::lower_bound(rows, frame, {}, &mot_row::frame);
  return {begin, std::ranges::upper_bound(rows, frame, {}, &mot_row::frame)};
}

std::string mot_text(std::vector<mot_row> rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const mot_row& a, const mot_row& b) {
    return a.frame != b.frame ? a.frame < b.frame : a.id < b.id;
  });
  std::string text;
  for (const mot_row& row : rows) {
    text.append(std::to_string(row.frame)).append(",").append(std::to_string(row.id)).append(",");
    for (const double value : {row.left, row.top, row.width, row.height, row.score}) {
      append(text, value, row);
    }
    text += "-1,-1,-1\n";
  }
  return text;
}

void write_mot_file(const std::filesystem::path& path, std::vector<mot_row> rows) {
  write_file(path, mot_text(std::move(rows)));
}

}  // namespace kernels::examples
