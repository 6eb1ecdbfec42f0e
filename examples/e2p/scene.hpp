// The scene of the test panorama: a round terrace in a lake, with a coloured ball on each axis
// and a column between them, rendered by following rays.
//   ball in front (yaw 0) red, right green, behind blue, left yellow
#pragma once

#include "vec.hpp"

namespace kernels::examples {

/// Linear colour (1 is white) seen in a direction of length 1.
vec scene(vec direction);

}  // namespace kernels::examples
