#include "sky.hpp"

#include <cstdint>

namespace kernels::examples {
namespace {

float lattice(std::int32_t x, std::int32_t y, std::int32_t z) {
  auto h = static_cast<std::uint32_t>(x) * 0x8da6b343U ^
           static_cast<std::uint32_t>(y) * 0xd8163841U ^
           static_cast<std::uint32_t>(z) * 0xcb1ab31fU;
  h = (h ^ h >> 15) * 0x2c1b3c6dU;
  h = (h ^ h >> 12) * 0x297a2d39U;
  return static_cast<float>((h ^ h >> 15) >> 8) * 0x1p-24F;
}

float value_noise(vec p) {
  const float fx = std::floor(p.x);
  const float fy = std::floor(p.y);
  const float fz = std::floor(p.z);
  const auto ease = [](float t) { return t * t * t * (t * (t * 6 - 15) + 10); };
  const float u = ease(p.x - fx);
  const float v = ease(p.y - fy);
  const float w = ease(p.z - fz);
  const auto x = static_cast<std::int32_t>(fx);
  const auto y = static_cast<std::int32_t>(fy);
  const auto z = static_cast<std::int32_t>(fz);
  const auto row = [&](int j, int k) {
    return mix(lattice(x, y + j, z + k), lattice(x + 1, y + j, z + k), u);
  };
  return mix(mix(row(0, 0), row(1, 0), v), mix(row(0, 1), row(1, 1), v), w);
}

/// Height of a ridge, as the sine of its elevation, in a horizontal direction.
float ridge(vec d, float frequency, float low, float high, float seed) {
  const float level = std::sqrt(d.x * d.x + d.z * d.z);
  const vec around = {frequency * d.x / level, seed, frequency * d.z / level};
  const float n = noise(around, 6);
  return low + (high - low) * smoothstep(0.25F, 0.8F, n);
}

vec clouds(vec d, vec behind) {
  constexpr float kHeight = 1.3F;
  const float along = kHeight / (d.y + 0.08F);
  const vec p = {along * d.x, 7.3F, along * d.z};
  const float n = noise(p + 1.5F * vec{noise(p, 2), 0, noise(p + vec{5, 1, 3}, 2)}, 5);
  const float cover = smoothstep(0.5F, 0.78F, n) * smoothstep(0.02F, 0.22F, d.y);
  const float sunward = std::max(0.0F, dot(d, sun_direction()));
  const vec lit =
      mix(vec{0.95F, 0.93F, 0.95F}, vec{1.5F, 1.12F, 0.8F}, sunward * sunward * sunward);
  const vec shaded = {0.56F, 0.58F, 0.7F};
  return mix(behind, mix(lit, shaded, smoothstep(0.6F, 0.95F, n)), 0.85F * cover);
}

}  // namespace

float noise(vec p, int octaves) {
  float sum = 0;
  float weight = 0.5F;
  float total = 0;
  for (int k = 0; k < octaves; ++k) {
    sum += weight * value_noise(p);
    total += weight;
    weight *= 0.5F;
    p = 2.03F * p + vec{17.1F, 9.2F, 5.7F};
  }
  return sum / total;
}

vec sun_direction() {
  static const vec sun = normalized({0.47F, 0.3F, 0.83F});
  return sun;
}

vec sun_colour() { return {3.1F, 2.35F, 1.6F}; }

vec haze(vec d) {
  const vec sun = sun_direction();
  const float level = std::sqrt((d.x * d.x + d.z * d.z) * (sun.x * sun.x + sun.z * sun.z));
  const float sunward = 0.5F + 0.5F * (d.x * sun.x + d.z * sun.z) / std::max(level, 1e-6F);
  return mix(vec{0.5F, 0.6F, 0.76F}, vec{1.12F, 0.8F, 0.56F}, sunward * sunward);
}

vec sky(vec d) {
  const float up = std::max(d.y, 0.0F);
  const vec zenith = {0.08F, 0.2F, 0.52F};
  vec colour = mix(haze(d), zenith, std::pow(up, 0.45F));
  const float to_sun = std::max(0.0F, dot(d, sun_direction()));
  colour = colour + 0.35F * std::pow(to_sun, 12.0F) * vec{1, 0.62F, 0.32F} +
           0.8F * std::pow(to_sun, 250.0F) * vec{1, 0.85F, 0.6F};
  if (up > 0.01F) colour = clouds(d, colour);
  colour = colour + smoothstep(0.99977F, 0.99988F, to_sun) * vec{14, 12, 9};

  constexpr float kTallest = 0.2F;
  if (up > kTallest) return colour;
  const vec air = haze(d);
  const auto rise = [&](float height, vec rock, float mist) {
    if (up > height) return;
    colour = mix(mix(rock, air, mist), air, 0.55F * smoothstep(height, 0, up));
  };
  rise(ridge(d, 2.6F, 0.03F, 0.19F, 3.1F), {0.2F, 0.24F, 0.36F}, 0.55F);
  rise(ridge(d, 4.5F, 0.01F, 0.11F, 8.4F), {0.13F, 0.17F, 0.24F}, 0.3F);
  rise(ridge(d, 9, 0.004F, 0.045F, 1.7F), {0.06F, 0.1F, 0.1F}, 0.12F);
  return colour;
}

}  // namespace kernels::examples
