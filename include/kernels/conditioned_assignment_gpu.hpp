// conditioned_assignment's checks and its front door to the GPU, the same in C++
// (conditioned_assignment.hpp, compiled kernels from kernels::cuda) and in CUDA code
// (conditioned_assignment.cuh, which brings the kernels).
#pragma once

#include <kernels/assignment_gpu.hpp>
#include <kernels/label_boxes_gpu.hpp>
#include <kernels/math/conditioned_assignment.hpp>

namespace kernels::inline KERNELS_ABI {

namespace gpu {
/// Defined in cuda/kernels/conditioned_assignment.cuh. kernels::cuda holds those of float and
/// double with maps of uint8_t, uint16_t and int32_t.
template <class T, class Label>
struct conditioned_launchers {
  static std::int64_t workspace_bytes(std::int64_t tracks, std::int64_t detections,
                                      std::int32_t labels);
  static void run(CUstream_st* stream, const view<const T, 2, space::device>& cost,
                  const view<const T, 2, space::device>& detections,
                  const view<const Label, 2, space::device>& map,
                  const view<const std::int32_t, 1, space::device>& masks,
                  const view<const T, 1, space::device>& confidences,
                  const view<std::int32_t, 1, space::device>& track_to_detection,
                  const view<std::int32_t, 1, space::device>& detection_to_track,
                  const conditioned_assignment_parameters<T>& parameters,
                  const view<std::byte, 1, space::device>& workspace);
};
}  // namespace gpu

/// Refuses what conditioned_assign() documents as errors, except for what lies in memory.
template <class T, class Label, space Space>
void check_conditioned_assignment(const view<const T, 2, Space>& cost,
                                  const view<const T, 2, Space>& detections,
                                  const view<const Label, 2, Space>& map,
                                  const view<const std::int32_t, 1, Space>& masks,
                                  const view<const T, 1, Space>& confidences,
                                  const conditioned_assignment_parameters<T>& parameters) {
  static_assert(is_label<Label>, "a label map holds uint8_t, uint16_t or int32_t");
  constexpr auto kName = "conditioned_assign";
  check_assignment_costs(cost);
  check_assignment_limit(parameters.limit);
  const auto check_shape = [](std::string_view argument, const auto& v, const auto& wanted) {
    if (v.extent != wanted) refuse(kName, argument, shape_text(wanted), shape_text(v.extent));
    if (v.data == nullptr && v.size() > 0) refuse(kName, argument, "a pointer", "null");
  };
  check_shape("detections", detections, std::array<std::int64_t, 2>{cost.extent[1], 4});
  check_shape("masks", masks, std::array<std::int64_t, 1>{cost.extent[0]});
  check_shape("confidences", confidences, std::array<std::int64_t, 1>{cost.extent[0]});
  check_label_boxes(map, view<const box<std::int32_t>, 1, Space>{}, view<std::int32_t, 2, Space>{},
                    view<std::int32_t, 1, Space>{});
  constexpr std::int64_t kMost = 1 << 29;
  if (map.extent[0] > kMost || map.extent[1] > kMost) {
    refuse(kName, "map", "sides of at most 2^29", shape_text(map.extent));
  }
  if (parameters.labels < 0) {
    refuse(kName, "labels", "0 or more", std::to_string(parameters.labels));
  }
}

/// Scratch that the GPU form needs, in bytes.
template <class T, class Label>
std::int64_t conditioned_assign_workspace_bytes([[maybe_unused]] on_gpu exec,
                                                [[maybe_unused]] std::int64_t tracks,
                                                [[maybe_unused]] std::int64_t detections,
                                                [[maybe_unused]] std::int32_t labels = 256) {
#if KERNELS_HAS_CUDA || defined(KERNELS_EMULATED)
  return gpu::conditioned_launchers<T, Label>::workspace_bytes(tracks, detections, labels);
#else
  refuse_without_cuda("conditioned_assign");
#endif
}

/// The same on the GPU, queued on exec's stream: the labels are counted, the costs adjusted and
/// assigned in one sequence of launches. Costs of −infinity are taken as not allowed. workspace:
/// conditioned_assign_workspace_bytes() bytes for parameters.labels, aligned to 256.
/// Errors: as above, as far as the host can see; a workspace that is too small; cuda_error;
/// kernels::error without CUDA.
template <class T, class Label>
void conditioned_assign([[maybe_unused]] on_gpu exec, const view<const T, 2, space::device>& cost,
                        const view<const T, 2, space::device>& detections,
                        const view<const Label, 2, space::device>& map,
                        const view<const std::int32_t, 1, space::device>& masks,
                        const view<const T, 1, space::device>& confidences,
                        const view<std::int32_t, 1, space::device>& track_to_detection,
                        const view<std::int32_t, 1, space::device>& detection_to_track,
                        const conditioned_assignment_parameters<T>& parameters,
                        [[maybe_unused]] const view<std::byte, 1, space::device>& workspace) {
  static_assert(gpu_has_type<T, float, double>,
                "conditioned_assign on the GPU from a .cpp takes costs of float or double; for "
                "another type include <kernels/conditioned_assignment.cuh> in a .cu");
  check_conditioned_assignment(cost, detections, map, masks, confidences, parameters);
  check_assignment_array("track_to_detection", track_to_detection);
  check_assignment_array("detection_to_track", detection_to_track);
  check_assignment_size("track_to_detection", track_to_detection.extent[0], cost.extent[0]);
  check_assignment_size("detection_to_track", detection_to_track.extent[0], cost.extent[1]);
#if KERNELS_HAS_CUDA || defined(KERNELS_EMULATED)
  gpu::conditioned_launchers<T, Label>::run(exec.stream, cost, detections, map, masks, confidences,
                                            track_to_detection, detection_to_track, parameters,
                                            workspace);
#else
  refuse_without_cuda("conditioned_assign");
#endif
}

}  // namespace kernels::inline KERNELS_ABI
