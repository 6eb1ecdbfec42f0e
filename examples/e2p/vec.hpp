// Three numbers: a point, a direction (X right, Y up, Z forward) or a colour (linear R, G, B).
#pragma once

#include <algorithm>
#include <cmath>

namespace kernels::examples {

struct vec {
  float x = 0, y = 0, z = 0;

  friend vec operator+(vec a, vec b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
  friend vec operator-(vec a, vec b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
  friend vec operator*(vec a, vec b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
  friend vec operator*(float s, vec a) { return {s * a.x, s * a.y, s * a.z}; }
};

inline float dot(vec a, vec b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline vec normalized(vec a) { return 1 / std::sqrt(dot(a, a)) * a; }
inline vec reflected(vec d, vec normal) { return d - 2 * dot(d, normal) * normal; }
inline vec mix(vec a, vec b, float t) { return a + t * (b - a); }
inline float mix(float a, float b, float t) { return a + t * (b - a); }

/// 0 below from, 1 above to, smooth between.
inline float smoothstep(float from, float to, float x) {
  const float t = std::clamp((x - from) / (to - from), 0.0F, 1.0F);
  return t * t * (3 - 2 * t);
}

}  // namespace kernels::examples
