// The sky of the test panorama: evening sun, clouds, and mountains all around. Colour is a
// function of direction alone.
#pragma once

#include "vec.hpp"

namespace kernels::examples {

vec sun_direction();
vec sun_colour();

/// Colour of the sky and the mountains in a direction (of length 1) at or above the horizon.
vec sky(vec d);

/// Colour of the air at the horizon, in which distant things disappear.
vec haze(vec d);

/// Smooth noise from 0 to 1, of octaves octaves.
float noise(vec p, int octaves);

}  // namespace kernels::examples
