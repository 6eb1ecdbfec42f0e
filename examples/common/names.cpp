#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/names.hpp>

#include <cstdio>
#include <unordered_map>

namespace kernels::examples {
namespace {

/// Bytes of the UTF-8 sequence that the text begins with; 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  std::uint32_t code = first & (0x7fU >> length);
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte(k) & 0xc0) != 0x80) return 0;
    code = code << 6 | (byte(k) & 0x3fU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return overlong || surrogate || code > 0x10ffff ? 0 : length;
}

/// What is wrong with a name; nothing: null.
const char* complaint(std::string_view name) {
  if (name.empty()) return "it is empty";
  for (std::size_t k = 0; k < name.size();) {
    const auto code = static_cast<unsigned char>(name[k]);
    if (code < 0x20 || code == 0x7f) return "it holds a control character";
    const auto length = sequence_length(name.substr(k));
    if (length == 0) return "it is not UTF-8";
    k += length;
  }
  return nullptr;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

}  // namespace

std::vector<std::string> parse_names(std::string_view text, const std::string& file) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";  // some editors begin a file with it
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  std::vector<std::string> names;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trimmed(line);
    if (const char* wrong = complaint(line)) {
      throw usage_error("cannot use " + file + ":" + std::to_string(names.size() + 1) + ": " +
                        wrong + "; wanted one name a line");
    }
    names.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

std::vector<std::string> read_names(const std::filesystem::path& path) {
  const auto bytes = read_input(path);
  return parse_names({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string());
}

void check_count(const std::vector<std::string>& names, const std::filesystem::path& path,
                 std::int64_t rows, const std::filesystem::path& matrix) {
  if (static_cast<std::int64_t>(names.size()) == rows) return;
  throw usage_error(path.string() + " has " + std::to_string(names.size()) + " lines and " +
                    matrix.string() + " " + std::to_string(rows) +
                    " rows; there must be as many of each");
}

std::vector<std::int32_t> numbered(const std::vector<std::string>& names) {
  std::unordered_map<std::string_view, std::int32_t> known;
  std::vector<std::int32_t> numbers;
  numbers.reserve(names.size());
  for (const auto& one : names) {
    numbers.push_back(known.emplace(one, static_cast<std::int32_t>(known.size())).first->second);
  }
  return numbers;
}

std::string csv_field(std::string_view text) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string_view::npos &&
                     (text.empty() || (text.front() != ' ' && text.back() != ' '));
  if (plain) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

std::string score_text(double score) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.9g", score);
  return text;
}

}  // namespace kernels::examples
