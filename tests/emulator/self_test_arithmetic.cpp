// Part of the emulator's self-test: every arithmetic intrinsic against a formula of its own, mostly
// one bit or one digit at a time.

#include <doctest/doctest.h>

#include <emulator/emulator.hpp>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace {

using u64 = unsigned long long;

std::vector<unsigned> words() {
  std::vector<unsigned> w{0,          1,          2,          3,          31,        32,
                          33,         0x7f,       0x80,       0xff,       0x8000,    0x7fffffff,
                          0x80000000, 0x80808080, 0x7f7f7f7f, 0xfffffffe, 0xffffffff};
  std::mt19937 random(11);
  for (int i = 0; i < 60; ++i) w.push_back(static_cast<unsigned>(random()) >> (i % 3 * 7));
  return w;
}

bool bit(u64 x, int i) { return (x >> i & 1u) != 0; }

// The number made of the bits low ... low+count-1 of the 64-bit number hi:lo.
long long digits(u64 x, int low, int count, bool is_signed) {
  long long value = 0;
  for (int i = 0; i < count; ++i)
    if (bit(x, low + i)) value += is_signed && i == count - 1 ? -(1ll << i) : 1ll << i;
  return value;
}

TEST_CASE("counting and reversing bits") {
  for (const unsigned a : words())
    for (const unsigned b : {0u, 1u, a, ~a}) {
      const u64 x = static_cast<u64>(b) << 32 | a;
      int ones = 0, ones64 = 0, lowest = 0, lowest64 = 0, highest = 0, highest64 = 0;
      unsigned reversed = 0;
      for (int i = 0; i < 64; ++i) {
        if (!bit(x, i)) continue;
        ++ones64;
        if (lowest64 == 0) lowest64 = i + 1;
        highest64 = i + 1;
        if (i >= 32) continue;
        ones = ones64;
        lowest = lowest64;
        highest = highest64;
        reversed += 1u << (31 - i);
      }
      CHECK(__popc(a) == ones);
      CHECK(__popcll(x) == ones64);
      CHECK(__ffs(static_cast<int>(a)) == lowest);
      CHECK(__ffsll(static_cast<long long>(x)) == lowest64);
      CHECK(__clz(static_cast<int>(a)) == 32 - highest);
      CHECK(__clzll(static_cast<long long>(x)) == 64 - highest64);
      CHECK(__brev(a) == reversed);
    }
}

TEST_CASE("permuting bytes and shifting pairs of words") {
  for (const unsigned a : words())
    for (const unsigned b : {0u, 0x12345678u, ~a})
      for (const unsigned s : words()) {
        const u64 x = static_cast<u64>(b) << 32 | a;
        long long permuted = 0;
        for (int i = 3; i >= 0; --i)
          permuted = permuted * 256 +
                     digits(x, 8 * static_cast<int>(digits(s, 4 * i, 3, false)), 8, false);
        CHECK(__byte_perm(a, b, s) == permuted);

        const auto left = [&](int n) {
          unsigned r = 0;
          for (int i = 0; i < 32; ++i)
            if (bit(x, 32 + i - n)) r += 1u << i;
          return r;
        };
        const auto right = [&](int n) {
          unsigned r = 0;
          for (int i = 0; i < 32; ++i)
            if (bit(x, i + n)) r += 1u << i;
          return r;
        };
        const int wrapped = static_cast<int>(s % 32), clamped = s > 32 ? 32 : static_cast<int>(s);
        CHECK(__funnelshift_l(a, b, s) == left(wrapped));
        CHECK(__funnelshift_lc(a, b, s) == left(clamped));
        CHECK(__funnelshift_r(a, b, s) == right(wrapped));
        CHECK(__funnelshift_rc(a, b, s) == right(clamped));
      }
}

TEST_CASE("high halves of products") {
  // Schoolbook, in digits of 16 bits.
  const auto high = [](u64 x, u64 y) {
    u64 digit[8] = {};
    for (int i = 0; i < 4; ++i)
      for (int j = 0, k = i; j < 4; ++j, ++k) {
        digit[k] += (x >> 16 * i & 0xffff) * (y >> 16 * j & 0xffff);
        for (int carry = k; carry < 7; ++carry) {
          digit[carry + 1] += digit[carry] >> 16;
          digit[carry] &= 0xffff;
        }
      }
    return digit[7] << 48 | digit[6] << 32 | digit[5] << 16 | digit[4];
  };
  for (const unsigned a : words())
    for (const unsigned b : words()) {
      const u64 x = static_cast<u64>(a) << 32 | b, y = static_cast<u64>(b) << 32 | ~a;
      CHECK(__umul64hi(x, y) == high(x, y));
      CHECK(__umulhi(a, b) == static_cast<u64>(a) * b / (1ull << 32));
      const auto sa = static_cast<int>(a), sb = static_cast<int>(b);
      const long long product = static_cast<long long>(sa) * sb;
      CHECK(__mulhi(sa, sb) ==
            (product - digits(static_cast<u64>(product), 0, 32, false)) / 4294967296ll);
    }
}

TEST_CASE("dot products of packed integers") {
  const auto dot = [](unsigned a, unsigned b, unsigned c, int n, int a_bits, int b_first,
                      bool is_signed) {
    long long sum = 0;
    for (int i = 0; i < n; ++i)
      sum += digits(a, a_bits * i, a_bits, is_signed) * digits(b, 8 * (b_first + i), 8, is_signed);
    return c + static_cast<unsigned>(static_cast<u64>(sum) & 0xffffffffu);
  };
  const auto as_int = [](unsigned x) { return digits(x, 0, 32, true); };
  for (const unsigned a : words())
    for (const unsigned b : words())
      for (const unsigned c : {0u, 0x7fffffffu, 0xffffff00u}) {
        const auto sa = static_cast<int>(a), sb = static_cast<int>(b), sc = static_cast<int>(c);
        CHECK(__dp4a(a, b, c) == dot(a, b, c, 4, 8, 0, false));
        CHECK(__dp4a(sa, sb, sc) == as_int(dot(a, b, c, 4, 8, 0, true)));
        CHECK(__dp2a_lo(a, b, c) == dot(a, b, c, 2, 16, 0, false));
        CHECK(__dp2a_lo(sa, sb, sc) == as_int(dot(a, b, c, 2, 16, 0, true)));
        CHECK(__dp2a_hi(a, b, c) == dot(a, b, c, 2, 16, 2, false));
        CHECK(__dp2a_hi(sa, sb, sc) == as_int(dot(a, b, c, 2, 16, 2, true)));
      }
  const char4 a = make_char4(-128, 127, 3, -4), b = make_char4(-128, 2, -5, 6);
  CHECK(__dp4a(a, b, 10) == 128 * 128 + 254 - 15 - 24 + 10);
  CHECK(__dp4a(make_uchar4(255, 1, 2, 3), make_uchar4(255, 4, 5, 6), 7u) ==
        65025 + 4 + 10 + 18 + 7);
  CHECK(__dp2a_lo(make_short2(-300, 200), b, 1) == 300 * 128 + 400 + 1);
  CHECK(__dp2a_hi(make_short2(-300, 200), b, 1) == 1500 + 1200 + 1);
  CHECK(__dp2a_lo(make_ushort2(60000, 2), make_uchar4(255, 3, 5, 7), 1u) == 15300000 + 6 + 1);
  CHECK(__dp2a_hi(make_ushort2(60000, 2), make_uchar4(255, 3, 5, 7), 1u) == 300000 + 14 + 1);
}

std::vector<float> floats() {
  std::vector<float> f{0.0f,           -0.0f,         0.5f,
                       1.5f,           2.5f,          -0.5f,
                       -1.5f,          0.99999994f,   8388607.5f,
                       16777217.0f,    2147483520.0f, 2147483648.0f,
                       -2147483648.0f, 4294967040.0f, 4294967296.0f,
                       1e-40f,         1e30f,         -1e30f,
                       INFINITY,       -INFINITY,     NAN};
  for (const unsigned w : words()) f.push_back(static_cast<float>(w) * 0.3f - 1e6f);
  return f;
}

TEST_CASE("floats to integers and back") {
  for (const float f : floats()) {
    CAPTURE(f);
    // Halves go to the even neighbour.
    const double down = std::floor(static_cast<double>(f)), rest = f - down;
    const double nearest =
        rest < 0.5 || (rest == 0.5 && std::fmod(down, 2.0) == 0.0) ? down : down + 1.0;
    const double towards_zero = f < 0.0f ? std::ceil(static_cast<double>(f)) : down;
    const auto limit = [](double x, double low, double high) {
      return std::isnan(x) ? 0.0 : x < low ? low : x > high ? high : x;
    };
    CHECK(__float2int_rz(f) == limit(towards_zero, -2147483648.0, 2147483647.0));
    if (std::isfinite(f)) CHECK(__float2int_rn(f) == limit(nearest, -2147483648.0, 2147483647.0));
    CHECK(__float2uint_rz(f) == limit(towards_zero, 0.0, 4294967295.0));
  }
  CHECK(__float2int_rn(INFINITY) == 2147483647);
  CHECK(__float2int_rn(-INFINITY) == -2147483647 - 1);
  CHECK(__float2int_rn(NAN) == 0);
  CHECK(__int2float_rn(16777217) == 16777216.0f);
  CHECK(__int2float_rn(-16777219) == -16777220.0f);
  CHECK(__uint2float_rn(0xffffffffu) == 4294967296.0f);
  CHECK(__uint2float_rn(0xffffff7fu) == 4294967040.0f);
}

TEST_CASE("bits of floats") {
  CHECK(__float_as_uint(-1.0f) == 0xbf800000u);
  CHECK(__float_as_int(-0.0f) == -2147483647 - 1);
  CHECK(__int_as_float(0x3f800000) == 1.0f);
  CHECK(__uint_as_float(0xc0490fdbu) == -3.14159274f);
}

// A double has more than twice the bits of a float, so rounding its result once more does no harm.
TEST_CASE("rounded arithmetic") {
  const auto same = [](auto a, auto b) { return std::isnan(a) ? std::isnan(b) : a == b; };
  for (const float x : floats())
    for (const float y : floats()) {
      CAPTURE(x);
      CAPTURE(y);
      const double dx = x, dy = y;
      CHECK(same(__fadd_rn(x, y), static_cast<float>(dx + dy)));
      CHECK(same(__fsub_rn(x, y), static_cast<float>(dx - dy)));
      CHECK(same(__fmul_rn(x, y), static_cast<float>(dx * dy)));
      CHECK(same(__fdiv_rn(x, y), static_cast<float>(dx / dy)));
      CHECK(same(__fsqrt_rn(x), static_cast<float>(std::sqrt(dx))));
      CHECK(same(__dadd_rn(dx, dy), dx + dy));
      CHECK(same(__dmul_rn(dx, dy), dx * dy));
      CHECK(same(__ddiv_rn(dx, dy), dx / dy));
      CHECK(same(__dsqrt_rn(dx), std::sqrt(dx)));
    }
}

TEST_CASE("products and sums are fused exactly where the name says so") {
  const float x = 1.0f + 0x1p-12f;  // x * x = 1 + 2^-11 + 2^-24 needs one bit more than a float has
  CHECK(__fmul_rn(x, x) == 1.0f + 0x1p-11f);
  CHECK(__fadd_rn(__fmul_rn(x, x), -1.0f - 0x1p-11f) == 0.0f);
  CHECK(__fsub_rn(__fmul_rn(x, x), 1.0f + 0x1p-11f) == 0.0f);
  CHECK(__fmaf_rn(x, x, -1.0f - 0x1p-11f) == 0x1p-24f);
  const double y = 1.0 + 0x1p-27;  // likewise, 1 + 2^-26 + 2^-54
  CHECK(__dadd_rn(__dmul_rn(y, y), -1.0 - 0x1p-26) == 0.0);
  CHECK(__fma_rn(y, y, -1.0 - 0x1p-26) == 0x1p-54);
}

TEST_CASE("min and max") {
  CHECK(min(-1, 2) == -1);
  CHECK(max(1u, 0xffffffffu) == 0xffffffffu);
  CHECK(min(1ll, -(1ll << 40)) == -(1ll << 40));
  CHECK(max(std::size_t{1}, std::size_t{2}) == 2);
  CHECK(min(NAN, 2.0f) == 2.0f);
  CHECK(max(2.0, static_cast<double>(NAN)) == 2.0);
}

TEST_CASE("16-bit floats round to nearest even") {
  CHECK(__half2float(__float2half_rn(2049.0f)) == 2048.0f);
  CHECK(__half2float(__float2half_rn(2051.0f)) == 2052.0f);
  CHECK(std::isinf(__half2float(__float2half_rn(65520.0f))));
  CHECK(__bfloat162float(__float2bfloat16_rn(257.0f)) == 256.0f);
  CHECK(__bfloat162float(__float2bfloat16_rn(259.0f)) == 260.0f);
  const float2 pair = __half22float2(__floats2half2_rn(1.5f, -2.0f));
  CHECK(pair.x == 1.5f);
  CHECK(pair.y == -2.0f);
}

}  // namespace
