#include <common/errors.hpp>
#include <common/npy_header.hpp>

#include <charconv>

namespace kernels::examples {
namespace {

/// Reads a text from left to right.
class reader {
 public:
  explicit reader(std::string_view text) : text_(text) {}

  bool take(char c) {
    skip();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void want(char c) {
    if (!take(c)) refuse(std::string("'") + c + "'");
  }
  bool take_word(std::string_view word) {
    skip();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  [[nodiscard]] bool at_end() {
    skip();
    return at_ == text_.size();
  }

  std::string quoted() {
    skip();
    const char quote = at_ < text_.size() ? text_[at_] : ' ';
    if (quote != '\'' && quote != '"') refuse("a text in quotes");
    const auto end = text_.find(quote, at_ + 1);
    if (end == text_.npos) refuse("a closing quote");
    const auto inside = text_.substr(at_ + 1, end - at_ - 1);
    for (const char c : inside) {
      if (c < ' ' || c > '~') refuse("plain text");
    }
    at_ = end + 1;
    return std::string(inside);
  }

  std::int64_t whole_number() {
    skip();
    std::int64_t value{};
    const auto* const begin = text_.data() + at_;
    const auto [end, code] = std::from_chars(begin, text_.data() + text_.size(), value);
    if (code == std::errc::result_out_of_range) {
      throw usage_error("its shape is larger than any memory");
    }
    if (code != std::errc{} || value < 0) refuse("a number of rows or columns");
    at_ += static_cast<std::size_t>(end - begin);
    if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // Python 2
    return value;
  }

  [[noreturn]] void refuse(const std::string& wanted) const {
    throw usage_error("its header is damaged (wanted " + wanted + " at byte " +
                      std::to_string(at_) + " of it)");
  }

 private:
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::vector<std::int64_t> parse_shape(reader& text) {
  constexpr std::size_t kMost = 32;  // NumPy's own limit
  std::vector<std::int64_t> shape;
  text.want('(');
  while (!text.take(')')) {
    if (shape.size() == kMost) text.refuse("fewer dimensions");
    shape.push_back(text.whole_number());
    if (text.take(',')) continue;
    text.want(')');
    break;
  }
  return shape;
}

bool parse_bool(reader& text) {
  if (text.take_word("True")) return true;
  if (!text.take_word("False")) text.refuse("True or False");
  return false;
}

}  // namespace

npy_header parse_npy_header(std::string_view text) {
  reader from(text);
  npy_header header;
  bool type = false;
  bool order = false;
  bool shape = false;
  const auto once = [&](bool& seen, const char* key) {
    if (seen) from.refuse(std::string("one ") + key);
    seen = true;
  };
  from.want('{');
  while (!from.take('}')) {
    const auto key = from.quoted();
    from.want(':');
    if (key == "descr") {
      once(type, "descr");
      if (from.take('[')) throw usage_error("it holds records, not numbers");
      header.type = from.quoted();
    } else if (key == "fortran_order") {
      once(order, "fortran_order");
      header.fortran_order = parse_bool(from);
    } else if (key == "shape") {
      once(shape, "shape");
      header.shape = parse_shape(from);
    } else {
      from.refuse("descr, fortran_order or shape");
    }
    if (from.take(',')) continue;
    from.want('}');
    break;
  }
  if (!type || !order || !shape) from.refuse("descr, fortran_order and shape");
  if (!from.at_end()) from.refuse("nothing more");
  return header;
}

}  // namespace kernels::examples
