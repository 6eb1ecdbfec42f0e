#include "scene.hpp"

#include "sky.hpp"

#include <limits>
#include <numbers>

namespace kernels::examples {
namespace {

constexpr float kFar = 1e9F;
constexpr float kEye = 1.6F;      // height of the camera over the terrace
constexpr float kTerrace = 9.0F;  // its radius
constexpr float kStep = 0.35F;    // its height over the water
constexpr vec kNothing{};

struct ball {
  vec centre;
  float radius;
  vec colour;
};
struct column {
  float x, z, radius, top;
  vec colour;
};

constexpr float kGround = -kEye;
constexpr ball kBalls[] = {{{0, kGround + 0.8F, 5}, 0.8F, {0.75F, 0.06F, 0.05F}},
                           {{5, kGround + 0.8F, 0}, 0.8F, {0.08F, 0.5F, 0.12F}},
                           {{0, kGround + 0.8F, -5}, 0.8F, {0.05F, 0.16F, 0.7F}},
                           {{-5, kGround + 0.8F, 0}, 0.8F, {0.85F, 0.55F, 0.04F}}};
constexpr float kDiagonal = 4.9F;
constexpr column kColumns[] = {{kDiagonal, kDiagonal, 0.38F, 2.6F, {0.72F, 0.66F, 0.6F}},
                               {kDiagonal, -kDiagonal, 0.38F, 2.6F, {0.72F, 0.66F, 0.6F}},
                               {-kDiagonal, -kDiagonal, 0.38F, 2.6F, {0.72F, 0.66F, 0.6F}},
                               {-kDiagonal, kDiagonal, 0.38F, 2.6F, {0.72F, 0.66F, 0.6F}}};
constexpr float kSlab = 0.22F;       // thickness of a column's foot and head
constexpr float kSlabRadius = 0.6F;  // of both

/// Where a ray ends.
struct hit {
  float distance = kFar;
  vec normal{}, colour{};
  float gloss = 0;  ///< share that is mirrored head-on
};

void meet(const ball& b, vec from, vec d, hit& best) {
  const vec to = b.centre - from;
  const float along = dot(to, d);
  const float inside = b.radius * b.radius - dot(to, to) + along * along;
  if (along <= 0 || inside <= 0) return;
  const float t = along - std::sqrt(inside);
  if (t < 1e-3F || t >= best.distance) return;
  best = {t, normalized(from + t * d - b.centre), b.colour, 0.06F};
}

/// An upright cylinder from low to high, with its lids.
void meet(float cx, float cz, float radius, float low, float high, vec colour, vec from, vec d,
          hit& best) {
  const float ox = from.x - cx;
  const float oz = from.z - cz;
  const float a = d.x * d.x + d.z * d.z;
  const float b = ox * d.x + oz * d.z;
  const float inside = b * b - a * (ox * ox + oz * oz - radius * radius);
  if (inside <= 0) return;
  const float root = std::sqrt(inside);
  const float t = (-b - root) / a;
  const float y = from.y + t * d.y;
  if (t > 1e-3F && t < best.distance && y >= low && y <= high) {
    best = {t, {(ox + t * d.x) / radius, 0, (oz + t * d.z) / radius}, colour, 0.02F};
  }
  const float lid = d.y > 0 ? low : high;
  const float s = (lid - from.y) / d.y;
  const float px = ox + s * d.x;
  const float pz = oz + s * d.z;
  if (s > 1e-3F && s < best.distance && px * px + pz * pz < radius * radius) {
    best = {s, {0, d.y > 0 ? -1.0F : 1.0F, 0}, colour, 0.02F};
  }
}

void meet_objects(vec from, vec d, hit& best) {
  for (const auto& b : kBalls) meet(b, from, d, best);
  for (const auto& c : kColumns) {
    // the widest part first: rays that miss it miss all
    const float ox = c.x - from.x;
    const float oz = c.z - from.z;
    const float aside = ox * d.z - oz * d.x;
    if (aside * aside > kSlabRadius * kSlabRadius * (d.x * d.x + d.z * d.z)) continue;
    const float low = kGround;
    meet(c.x, c.z, kSlabRadius, low, low + kSlab, c.colour, from, d, best);
    meet(c.x, c.z, c.radius, low + kSlab, c.top, c.colour, from, d, best);
    meet(c.x, c.z, kSlabRadius, c.top, c.top + kSlab, c.colour, from, d, best);
  }
}

/// How much of the sun reaches a point: its edge is soft in proportion to the distance.
float sunlight(vec from) {
  hit blocked;
  meet_objects(from, sun_direction(), blocked);
  return blocked.distance < kFar ? 0.0F : 1.0F;
}

/// What balls and columns take of the sky's light where they meet the floor.
float openness(vec p) {
  float open = 1;
  const auto darken = [&](float x, float z, float radius) {
    const float dx = p.x - x;
    const float dz = p.z - z;
    const float r2 = radius * radius;
    open *= 1 - 0.75F * r2 / (r2 + 1.6F * (dx * dx + dz * dz));
  };
  for (const auto& b : kBalls) darken(b.centre.x, b.centre.z, 0.5F * b.radius);
  for (const auto& c : kColumns) darken(c.x, c.z, 0.55F);
  return open;
}

/// Inlaid star around the point below the camera: which of its halves, if any.
bool star(float x, float z, vec& colour) {
  const float r = std::sqrt(x * x + z * z);
  constexpr float kRadius = 1.7F;
  if (r > kRadius * 1.12F) return false;
  if (r > kRadius) {
    colour = {0.3F, 0.12F, 0.07F};
    return true;
  }
  colour = {0.66F, 0.6F, 0.5F};
  constexpr float kQuarter = std::numbers::pi_v<float> / 2;
  const auto point = [&](float turn, float length, vec dark, vec light) {
    const float angle = std::atan2(x, z) + turn + 4 * kQuarter;
    const float within = std::remainder(angle, kQuarter);  // of the nearest point
    const float along = r * std::cos(within);
    const float aside = r * std::sin(within);
    const float width = std::min(along, (length - along) * 0.28F);
    if (along > length || std::abs(aside) > width) return;
    colour = aside > 0 ? light : dark;
  };
  point(kQuarter / 2, 0.66F * kRadius, {0.16F, 0.2F, 0.24F}, {0.4F, 0.45F, 0.48F});
  point(0, 0.96F * kRadius, {0.3F, 0.07F, 0.04F}, {0.72F, 0.42F, 0.2F});
  return true;
}

vec floor_colour(vec p, float distance) {
  const float r = std::sqrt(p.x * p.x + p.z * p.z);
  vec colour;
  if (star(p.x, p.z, colour)) return colour;
  if (r > kTerrace - 0.5F) return {0.55F, 0.5F, 0.44F};
  if (r > kTerrace - 0.62F) return {0.3F, 0.12F, 0.07F};
  const bool odd =
      ((static_cast<int>(std::floor(p.x)) ^ static_cast<int>(std::floor(p.z))) & 1) != 0;
  const float veins = noise({1.7F * p.x, odd ? 3.0F : 11.0F, 1.7F * p.z}, distance < 6 ? 4 : 3);
  const vec tile = odd ? vec{0.1F, 0.12F, 0.14F} : vec{0.66F, 0.62F, 0.55F};
  return (0.72F + 0.56F * veins) * tile;
}

/// The terrace, its edge, or nothing.
void meet_terrace(vec from, vec d, hit& best) {
  if (d.y >= -1e-4F) return;
  const float t = (kGround - from.y) / d.y;
  const vec p = from + t * d;
  if (t > 1e-3F && t < best.distance && p.x * p.x + p.z * p.z < kTerrace * kTerrace) {
    best = {t, {0, 1, 0}, floor_colour(p, t), 0.045F};
  }
}

vec shade(vec from, vec d, const hit& h, int bounces);

vec trace(vec from, vec d, int bounces);

/// The lake: a mirror of the sky with small waves.
vec water(vec from, vec d, int bounces) {
  const float t = (kGround - kStep - from.y) / d.y;
  const vec p = from + t * d;
  const float calm = 1 / (1 + 0.02F * t);
  const vec wave = {1.1F * p.x, 0, 2.2F * p.z};
  const float tilt_x = noise(wave, 3) - 0.5F;
  const float tilt_z = noise(wave + vec{31, 7, 13}, 3) - 0.5F;
  const vec normal = normalized({0.1F * calm * tilt_x, 1, 0.1F * calm * tilt_z});
  vec mirrored = reflected(d, normal);
  mirrored.y = std::abs(mirrored.y) + 1e-3F;
  const float grazing = 1 - std::max(0.0F, -dot(d, normal));
  const float share = 0.03F + 0.97F * std::pow(grazing, 5.0F);
  const vec deep = {0.015F, 0.085F, 0.11F};
  const vec seen =
      bounces > 0 ? trace(p, normalized(mirrored), bounces - 1) : sky(normalized(mirrored));
  return mix(mix(deep, seen, share), haze(d), smoothstep(60, 1200, t));
}

vec trace(vec from, vec d, int bounces) {
  hit h;
  meet_objects(from, d, h);
  meet_terrace(from, d, h);
  if (h.distance < kFar) return shade(from, d, h, bounces);
  if (d.y < -1e-4F) return water(from, d, bounces);
  return sky(d);
}

vec shade(vec from, vec d, const hit& h, int bounces) {
  const vec p = from + h.distance * d + 2e-3F * h.normal;
  const vec sun = sun_direction();
  const float facing = std::max(0.0F, dot(h.normal, sun));
  const float lit = facing > 0 ? facing * sunlight(p) : 0;
  const bool on_floor = h.normal.y > 0.99F && p.y < kGround + 0.01F;
  const float open = on_floor ? openness(p) : 0.55F + 0.45F * h.normal.y;
  const vec sky_light = mix(vec{0.34F, 0.3F, 0.26F}, vec{0.5F, 0.62F, 0.85F}, open);
  vec colour = h.colour * (lit * sun_colour() + (0.25F + 0.75F * open) * sky_light);
  if (bounces == 0) return colour;
  const vec mirror = reflected(d, h.normal);
  const float grazing = 1 - std::max(0.0F, -dot(d, h.normal));
  const float share = h.gloss + (0.9F - h.gloss) * h.gloss * 12 * std::pow(grazing, 5.0F);
  colour = mix(colour, trace(p, mirror, bounces - 1), std::min(share, 0.8F));
  if (lit > 0) {
    const float glint = std::pow(std::max(0.0F, dot(mirror, sun)), 220.0F);
    colour = colour + 14 * h.gloss * glint * sun_colour();
  }
  return colour;
}

}  // namespace

vec scene(vec direction) { return trace(kNothing, direction, 1); }

}  // namespace kernels::examples
