// mask_rle on the CPU: against a loop down the columns, against texts that pycocotools 2 made, and
// against bytes that nobody made.
#include "../mask_cases.hpp"

#include <kernels/mask_rle.hpp>

#include <utility>

namespace {

using namespace mask_cases;

std::vector<std::uint32_t> plain_rle(const pixels& p, std::int64_t n) {
  std::vector<std::uint32_t> counts{0};
  bool value = false;
  for (std::int64_t x = 0; x < p.extent[2]; ++x) {
    for (std::int64_t y = 0; y < p.extent[1]; ++y) {
      if ((p.at(n, y, x) != 0) != value) {
        counts.push_back(0);
        value = !value;
      }
      ++counts.back();
    }
  }
  return counts;
}

bool round_trip(const pixels& p) {
  const auto [n, h, w] = p.extent;
  const words masks = plain_pack(p);
  words back(n, h, kernels::mask_words(w), 1, ~std::uint64_t{0});
  for (std::int64_t k = 0; k < n; ++k) {
    const auto counts = kernels::encode_rle(masks.as_view()[k], w);
    if (counts != plain_rle(p, k)) return false;
    const std::string text = kernels::rle_to_string(counts);
    if (kernels::rle_from_string(text, h, w) != counts) return false;
    kernels::decode_rle(counts, back.as_view()[k], w);
  }
  return same_rows(back, masks);
}

/// A mask by a rule for (x, y), and its text.
template <class Rule>
std::string text_of(std::int64_t h, std::int64_t w, Rule rule) {
  pixels p(1, h, w);
  for (std::int64_t y = 0; y < h; ++y) {
    for (std::int64_t x = 0; x < w; ++x) p.at(0, y, x) = rule(x, y) ? 1 : 0;
  }
  return kernels::rle_to_string(kernels::encode_rle(plain_pack(p).as_view()[0], w));
}

}  // namespace

TEST_CASE("mask_rle: equals a loop down the columns, there and back") {
  for (const auto& [n, h, w] : {std::array{3, 1, 1},
                                {4, 7, 63},
                                {4, 64, 64},
                                {4, 65, 130},
                                {4, 200, 5},
                                {4, 3, 200},
                                {2, 129, 128},
                                {1, 0, 5},
                                {1, 5, 0}}) {
    CAPTURE(h);
    CAPTURE(w);
    CHECK(round_trip(random_pixels(n, h, w, 3)));
  }
}

TEST_CASE("mask_rle: the texts of pycocotools") {
  CHECK(text_of(5, 7, [](auto x, auto y) { return x >= 2 && x < 5 && y >= 1 && y < 4; }) ==
        ";320009");
  CHECK(text_of(3, 4, [](auto, auto) { return false; }) == "<");
  CHECK(text_of(3, 4, [](auto, auto) { return true; }) == "0<");
  CHECK(text_of(1000, 900, [](auto x, auto y) { return x + y == 0 || x + y == 1898; }) ==
        "01nl^k00");
  CHECK(text_of(70, 3, [](auto x, auto y) { return (x * x + y * y) % 97 < 30; }) ==
        "064LNO3020J010101160JOO0O0O63KNO30L040L010101160JOO0O0O63KNO0000O020N030O01240LNO010");
  CHECK(
      text_of(120, 200,
              [](auto x, auto y) {
                const auto dx = (x - 90) * (x - 90);
                const auto dy = (y - 60) * (y - 60);
                return dx * 16 + dy * 49 < 78400 && dx + dy > 300;
              }) ==
      R"(^`2=X36K4L4M2M4M2N2N2N2N2N2N2O0O2N2N2O0O2O0O2N2O0O2O0O2O000O2O0O2O000O2O000O2O000O2O00000)"
      R"(O2O0000000O2O000000fNlN0T1MRO0m0OWO0h0N\O0d0O^O0b0O@0`0OB0>OD0<0D0<OF0:0F0:OH080H080H08OJ060J)"
      R"(060J060J060J060J060J061H080H080H081F0:0F0:1D0<0D0<1B0>1@0`01^O0b01\O0d02XO0i01SO0n03lN0T1Z1)"
      R"(0000001N100000001N1000001N10001N10001N10001N101N10001N101N101N2N101N101N2N2N101N2N2N2N2N2N2N)"
      R"(3L3N3L4L5J]d4)");
}

TEST_CASE("mask_rle: malformed texts are refused with the place") {
  const auto refused = [](std::string_view text, const char* why) {
    CHECK_THROWS_WITH_AS(kernels::rle_from_string(text, 3, 4), doctest::Contains(why),
                         kernels::error);
  };
  refused("", "a sum of 12 pixels, given 0");
  refused("0", "a sum of 12 pixels");
  refused("<0!", "byte 33 at character 2");
  refused("p", "byte 112 at character 0");
  refused("\\", "the end of a number");
  refused("PPPPPPPP0", "at most 7 characters");
  refused("O", "counts of 0 or more, given -1 at character 0");
  refused("<1", "13 or more at character 1");
  CHECK(kernels::rle_from_string("<0", 3, 4) == std::vector<std::uint32_t>{12, 0});
  CHECK_THROWS_AS(kernels::rle_from_string("0", -1, 4), kernels::error);
  words m(1, 3, 1);
  const std::vector<std::uint32_t> counts{5, 6};
  CHECK_THROWS_WITH_AS(kernels::decode_rle(counts, m.as_view()[0], 4),
                       doctest::Contains("a sum of 12 pixels, given 11"), kernels::error);
  CHECK_THROWS_WITH_AS(kernels::encode_rle(std::as_const(m).as_view()[0], 65),
                       doctest::Contains("width"), kernels::error);
}

TEST_CASE("mask_rle: random bytes are refused or make a mask") {
  std::mt19937 random(17);
  int accepted = 0;
  for (int k = 0; k < 20000; ++k) {
    std::string text;
    const auto length = random() % 9;
    for (std::size_t i = 0; i < length; ++i) {
      text +=
          static_cast<char>(k % 4 == 0 ? random() % 256 : 48 + random() % (k % 4 == 1 ? 64 : 9));
    }
    try {
      const auto counts = kernels::rle_from_string(text, 5, 4);
      words m(1, 5, 1);
      kernels::decode_rle(counts, m.as_view()[0], 4);
      const auto again = kernels::encode_rle(std::as_const(m).as_view()[0], 4);
      std::uint64_t sum = 0;
      for (const auto c : again) sum += c;
      accepted += sum == 20 ? 1 : -1000000;
    } catch (const kernels::error&) {
      continue;
    }
  }
  CHECK(accepted > 10);
}
