// The trackers: boxes of one frame after another in, boxes with identities out. One header each:
// sort_tracker.hpp, byte_tracker.hpp, bot_sort.hpp, oc_sort.hpp, mcbyte.hpp. Many cameras in one
// call: multi_tracker.hpp.
//
//   kernels::byte_tracker tracker({.track_threshold = 0.5, .fps = 25});
//   for (…) {
//     const kernels::track_update now = tracker.update(detections);
//     for (const kernels::tracked& t : now.tracks) …  // t.id, t.box, detections[t.detection]
//   }
//
// Class: exact. Everything is computed in double.
#pragma once

#include <kernels/bot_sort.hpp>
#include <kernels/byte_tracker.hpp>
#include <kernels/mcbyte.hpp>
#include <kernels/oc_sort.hpp>
#include <kernels/sort_tracker.hpp>
