// .npy files and lists of names: what is written is read back, what numpy writes is read, and no
// bytes whatever crash the reader: they are read or refused with one line.
#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/names.hpp>
#include <common/npy.hpp>

#include <kernels/math/half.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <random>
#include <string>
#include <vector>

using namespace kernels::examples;
namespace fs = std::filesystem;

namespace {

using bytes = std::vector<std::uint8_t>;

/// A folder of its own, gone at the end.
struct folder {
  fs::path path =
      fs::temp_directory_path() / ("npy_test." + std::to_string(std::random_device{}()));
  folder() { fs::create_directories(path); }
  ~folder() { fs::remove_all(path); }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
};

/// A file of the version, with this dictionary and these numbers after it.
bytes npy(const std::string& dictionary, const bytes& numbers, int version = 1) {
  bytes file = {0x93, 'N', 'U', 'M', 'P', 'Y', static_cast<std::uint8_t>(version), 0};
  const std::size_t length = dictionary.size() + 1;
  for (int k = 0; k < (version == 1 ? 2 : 4); ++k) {
    file.push_back(static_cast<std::uint8_t>(length >> 8 * k));
  }
  file.insert(file.end(), dictionary.begin(), dictionary.end());
  file.push_back('\n');
  file.insert(file.end(), numbers.begin(), numbers.end());
  return file;
}

template <class T>
bytes bytes_of(const std::vector<T>& values) {
  bytes out(values.size() * sizeof(T));
  std::memcpy(out.data(), values.data(), out.size());
  return out;
}

/// The dictionary as numpy writes it.
std::string dictionary(const std::string& type, const std::string& shape) {
  return "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
}

/// The message; empty if the file is taken.
std::string complaint(const bytes& file) {
  try {
    parse_npy(file, "x.npy");
    return "";
  } catch (const usage_error& e) {
    return e.what();
  }
}

bool refused(const bytes& file, const std::string& why) {
  const auto message = complaint(file);
  const bool good = message.starts_with("cannot use x.npy: ") &&
                    message.find(why) != std::string::npos &&
                    message.find('\n') == std::string::npos;
  if (!good) MESSAGE("wanted '" << why << "', got '" << message << "'");
  return good;
}

std::size_t below(std::mt19937& random, std::size_t n) {
  return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
}

}  // namespace

TEST_CASE("npy: every type, every version") {
  const std::vector<float> wanted = {0, 1, 2, 3, 4, 5};
  std::vector<std::uint16_t> halves;
  for (const float x : wanted) halves.push_back(kernels::math::to_half(x).bits);
  const std::vector<std::pair<std::string, bytes>> files = {
      {"<f2", bytes_of(halves)},
      {"<f4", bytes_of(wanted)},
      {"<f8", bytes_of(std::vector<double>(wanted.begin(), wanted.end()))},
      {"|i1", bytes_of(std::vector<std::int8_t>{0, 1, 2, 3, 4, 5})},
      {"|u1", bytes_of(std::vector<std::uint8_t>{0, 1, 2, 3, 4, 5})}};
  int wrong = 0;
  for (const auto& [type, numbers] : files) {
    for (int version = 1; version <= 3; ++version) {
      const auto m = parse_npy(npy(dictionary(type, "(2, 3)"), numbers, version), "x");
      wrong += m.rows != 2 || m.columns != 3 || m.values != wanted;
    }
  }
  CHECK(wrong == 0);
  CHECK(parse_npy(npy(dictionary("<f8", "(1, 1)"), bytes_of<double>({1e300})), "x").values[0] ==
        std::numeric_limits<float>::infinity());
}

TEST_CASE("npy: headers that numpy would read") {
  const auto numbers = bytes_of<float>({1, 2, 3, 4, 5, 6});
  const auto shape_of = [&](const std::string& text) {
    const auto m = parse_npy(npy(text, numbers), "x");
    return std::to_string(m.rows) + "x" + std::to_string(m.columns);
  };
  CHECK(shape_of("{\"shape\": (2L, 3L), \"fortran_order\": False, \"descr\": \"<f4\"}") == "2x3");
  CHECK(shape_of("{'shape':(3,2),'descr':'<f4','fortran_order':False}      ") == "3x2");
  CHECK(shape_of(dictionary("<f4", "(6,)")) == "1x6");
  CHECK(parse_npy(npy(dictionary("<f4", "(0, 512)"), {}), "x").columns == 512);
}

TEST_CASE("npy: what is refused, and why") {
  const auto numbers = bytes_of<float>({1, 2, 3, 4, 5, 6});
  const auto file = npy(dictionary("<f4", "(2, 3)"), numbers);
  const auto cut = [&](std::size_t size) {
    return bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
  };
  CHECK(refused({}, "empty"));
  CHECK(refused({'P', 'K', 3, 4, 5, 6, 7, 8, 9}, "no .npy"));
  CHECK(refused(cut(7), "within its header"));
  CHECK(refused(cut(9), "within its header"));
  CHECK(refused(cut(40), "within its header"));
  CHECK(refused(cut(file.size() - 1), "cut off"));
  auto longer = file;
  longer.push_back(0);
  CHECK(refused(longer, "1 bytes are left over"));
  const auto shaped = [&](const std::string& shape) {
    return npy(dictionary("<f4", shape), numbers);
  };
  CHECK(refused(shaped("()"), "no matrix"));
  CHECK(refused(shaped("(1, 2, 3)"), "no matrix"));
  CHECK(refused(shaped("(6, 0)"), "columns"));
  CHECK(refused(shaped("(9223372036854775807, 0)"), "columns"));
  CHECK(refused(shaped("(0, 9223372036854775807)"), "columns"));
  CHECK(refused(shaped("(9223372036854775807, 512)"), "cut off"));
  CHECK(refused(shaped("(4611686018427387905, 4)"), "cut off"));
  CHECK(refused(shaped("(2305843009213693953, 8)"), "cut off"));
  CHECK(refused(shaped("(99999999999999999999, 1)"), "larger than any memory"));
  CHECK(refused(shaped("(-2, -3)"), "damaged"));
  CHECK(refused(shaped("(2, 3"), "damaged"));
  CHECK(refused(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", numbers),
                "Fortran order"));
  CHECK(refused(npy(dictionary(">f4", "(2, 3)"), numbers), "big-endian"));
  CHECK(refused(npy(dictionary("<i8", "(2, 3)"), numbers), "type '<i8'"));
  CHECK(refused(npy(dictionary("|O", "(2, 3)"), numbers), "type '|O'"));
  CHECK(refused(npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,), }", numbers),
                "records"));
  CHECK(refused(npy("{'descr': '<f4', 'shape': (2, 3), }", numbers), "damaged"));
  CHECK(refused(npy("{'descr': '<f4', 'descr': '<f4', }", numbers), "damaged"));
  CHECK(refused(npy(dictionary("<f4", "(2, 3)") + " x", numbers), "damaged"));
  CHECK(refused(npy(dictionary("<f4", "(2, 3)"), numbers, 4), "version 4.0"));
  CHECK(refused(npy(dictionary("<f4", "(2, 3)"), numbers, 0), "version 0.0"));
}

TEST_CASE("npy: written and read back") {
  const folder here;
  std::vector<float> values(5 * 7);
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = std::sin(static_cast<float>(k));
  const kernels::view<const float, 2> strided = {values.data(), {5, 3}, {7, 2}};
  write_npy(here.path / "a.npy", strided);
  write_npy(here.path / "h.npy", strided, npy_type::float16);
  const auto a = read_npy(here.path / "a.npy");
  const auto h = read_npy(here.path / "h.npy");
  CHECK(h.type == npy_type::float16);
  int wrong = a.rows != 5 || a.columns != 3 || h.rows != 5 || h.columns != 3;
  for (std::size_t k = 0; k < 15; ++k) {
    const float x = values[k / 3 * 7 + k % 3 * 2];
    wrong += a.values[k] != x;
    wrong += h.values[k] != kernels::math::from_half(kernels::math::to_half(x));
  }
  CHECK(wrong == 0);
  CHECK(read_file(here.path / "a.npy").size() == 128 + 15 * 4);
  CHECK_THROWS_AS(read_npy(here.path / "none.npy"), usage_error);
  CHECK_THROWS_AS(read_npy(here.path), usage_error);
}

TEST_CASE("npy: any bytes are read or refused") {
  std::mt19937 random(20263);
  const std::string alphabet = "'\"{}[](),:0123456789LTrueFals<>|f24descrnoptran_h \n";
  int taken = 0;
  int refusals = 0;
  int wrong = 0;
  for (int round = 0; round < 60000; ++round) {
    const int version = 1 + round % 3;
    bytes file = npy(dictionary(round % 2 == 0 ? "<f4" : "<f2", "(3, 4)"),
                     bytes(round % 2 == 0 ? 48 : 24, 0x3c), version);
    for (std::size_t k = below(random, 4); k > 0 && !file.empty(); --k) {
      const std::size_t at = below(random, file.size());
      const auto place = file.begin() + static_cast<std::ptrdiff_t>(at);
      switch (below(random, 6)) {
        case 0:
          file[at] = static_cast<std::uint8_t>(random());
          break;
        case 1:
          file[at] = static_cast<std::uint8_t>(alphabet[below(random, alphabet.size())]);
          break;
        case 2:
          file.insert(place, static_cast<std::uint8_t>(alphabet[below(random, alphabet.size())]));
          break;
        case 3:
          file.erase(place);
          break;
        case 4:
          file[at] = static_cast<std::uint8_t>(file[at] ^ 1U << below(random, 8));
          break;
        default:
          if (below(random, 4) == 0) file.resize(at);
      }
    }
    file.shrink_to_fit();  // so that a sanitizer sees a step beyond the end
    try {
      const auto m = parse_npy(file, "x");
      const auto size = static_cast<std::size_t>(m.rows * m.columns);
      ++(m.values.size() == size && size <= file.size() ? taken : wrong);
    } catch (const usage_error& e) {
      const std::string message = e.what();
      ++(message.empty() || message.find('\n') != message.npos ? wrong : refusals);
    }
  }
  CHECK(wrong == 0);
  CHECK(taken > 5000);
  CHECK(refusals > 5000);
}

TEST_CASE("names: lines, their ends, their encoding") {
  using list = std::vector<std::string>;
  CHECK(parse_names("a\nb\n", "x") == list{"a", "b"});
  CHECK(parse_names("a\r\n b c \r\nd", "x") == list{"a", "b c", "d"});
  CHECK(parse_names("\xef\xbb\xbfJos\xc3\xa9\n\xe4\xba\xba\n", "x") ==
        list{"Jos\xc3\xa9", "\xe4\xba\xba"});
  CHECK(parse_names("", "x").empty());
  const auto why = [](std::string_view text) {
    try {
      parse_names(text, "x");
      return std::string();
    } catch (const usage_error& e) {
      return std::string(e.what());
    }
  };
  CHECK(why("a\n\nb\n").starts_with("cannot use x:2: it is empty"));
  CHECK(why("a\nb\tc\n").starts_with("cannot use x:2: it holds a control"));
  CHECK(why("a\n\xff\n").starts_with("cannot use x:2: it is not UTF-8"));
  CHECK(why("\xc0\x80\n").starts_with("cannot use x:1: it is not UTF-8"));
  CHECK(why("\xed\xa0\x80\n").starts_with("cannot use x:1: it is not UTF-8"));
  CHECK(why("ab\xe4\xba").starts_with("cannot use x:1: it is not UTF-8"));
  CHECK(numbered({"b", "a", "b", "c"}) == std::vector<std::int32_t>{0, 1, 0, 2});
}

TEST_CASE("CSV: quotes only where needed, scores that come back") {
  CHECK(csv_field("plain name") == "plain name");
  CHECK(csv_field("a,b") == "\"a,b\"");
  CHECK(csv_field("say \"hi\"") == "\"say \"\"hi\"\"\"");
  CHECK(csv_field("") == "");
  std::mt19937 random(7);
  int wrong = 0;
  for (int k = 0; k < 2000; ++k) {
    const float x = std::uniform_real_distribution<float>(-1, 1)(random);
    wrong += std::stof(score_text(x)) != x;
  }
  CHECK(wrong == 0);
}
