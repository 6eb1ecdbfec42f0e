// What kernels::cuda has compiled of kalman.
#pragma once

#include <kernels/kalman_gpu.hpp>

#if defined(KERNELS_WITH_CUDA)
namespace kernels::inline KERNELS_ABI::gpu {

extern template void kalman_initiate<kalman_sort7, float>(CUstream_st*,
                                                          const kalman_device<kalman_sort7, float>&,
                                                          const kalman_list&,
                                                          device_view<const float, 2>);
extern template void kalman_predict<kalman_sort7, float>(CUstream_st*,
                                                         const kalman_device<kalman_sort7, float>&,
                                                         const kalman_list&,
                                                         const kalman_predict_options&);
extern template void kalman_zero_velocity<kalman_sort7, float>(
    CUstream_st*, const kalman_device<kalman_sort7, float>&, const kalman_list&, std::uint32_t);
extern template void kalman_update<kalman_sort7, float>(CUstream_st*,
                                                        const kalman_device<kalman_sort7, float>&,
                                                        const kalman_list&,
                                                        device_view<const float, 2>);
extern template void kalman_project<kalman_sort7, float>(CUstream_st*,
                                                         const kalman_device<kalman_sort7, float>&,
                                                         const kalman_list&, device_view<float, 2>,
                                                         device_view<float, 3>);
extern template void kalman_gating<kalman_sort7, float>(
    CUstream_st*, const kalman_device<kalman_sort7, float>&, const kalman_list&,
    device_view<const float, 2>, device_view<float, 2>, const kalman_gating_options&);
extern template void kalman_boxes<kalman_sort7, float>(CUstream_st*,
                                                       const kalman_device<kalman_sort7, float>&,
                                                       const kalman_list&,
                                                       device_view<box<float>, 1>);
extern template void kalman_initiate<kalman_xyah, float>(CUstream_st*,
                                                         const kalman_device<kalman_xyah, float>&,
                                                         const kalman_list&,
                                                         device_view<const float, 2>);
extern template void kalman_predict<kalman_xyah, float>(CUstream_st*,
                                                        const kalman_device<kalman_xyah, float>&,
                                                        const kalman_list&,
                                                        const kalman_predict_options&);
extern template void kalman_zero_velocity<kalman_xyah, float>(
    CUstream_st*, const kalman_device<kalman_xyah, float>&, const kalman_list&, std::uint32_t);
extern template void kalman_update<kalman_xyah, float>(CUstream_st*,
                                                       const kalman_device<kalman_xyah, float>&,
                                                       const kalman_list&,
                                                       device_view<const float, 2>);
extern template void kalman_project<kalman_xyah, float>(CUstream_st*,
                                                        const kalman_device<kalman_xyah, float>&,
                                                        const kalman_list&, device_view<float, 2>,
                                                        device_view<float, 3>);
extern template void kalman_gating<kalman_xyah, float>(
    CUstream_st*, const kalman_device<kalman_xyah, float>&, const kalman_list&,
    device_view<const float, 2>, device_view<float, 2>, const kalman_gating_options&);
extern template void kalman_warp<kalman_xyah, float>(CUstream_st*,
                                                     const kalman_device<kalman_xyah, float>&,
                                                     const kalman_list&,
                                                     device_view<const kalman_motion<float>, 1>);
extern template void kalman_warp<kalman_xyah, float>(CUstream_st*,
                                                     const kalman_device<kalman_xyah, float>&,
                                                     const kalman_list&,
                                                     const kalman_motion<float>&);
extern template void kalman_boxes<kalman_xyah, float>(CUstream_st*,
                                                      const kalman_device<kalman_xyah, float>&,
                                                      const kalman_list&,
                                                      device_view<box<float>, 1>);
extern template void kalman_initiate<kalman_xywh, float>(CUstream_st*,
                                                         const kalman_device<kalman_xywh, float>&,
                                                         const kalman_list&,
                                                         device_view<const float, 2>);
extern template void kalman_predict<kalman_xywh, float>(CUstream_st*,
                                                        const kalman_device<kalman_xywh, float>&,
                                                        const kalman_list&,
                                                        const kalman_predict_options&);
extern template void kalman_zero_velocity<kalman_xywh, float>(
    CUstream_st*, const kalman_device<kalman_xywh, float>&, const kalman_list&, std::uint32_t);
extern template void kalman_update<kalman_xywh, float>(CUstream_st*,
                                                       const kalman_device<kalman_xywh, float>&,
                                                       const kalman_list&,
                                                       device_view<const float, 2>);
extern template void kalman_project<kalman_xywh, float>(CUstream_st*,
                                                        const kalman_device<kalman_xywh, float>&,
                                                        const kalman_list&, device_view<float, 2>,
                                                        device_view<float, 3>);
extern template void kalman_gating<kalman_xywh, float>(
    CUstream_st*, const kalman_device<kalman_xywh, float>&, const kalman_list&,
    device_view<const float, 2>, device_view<float, 2>, const kalman_gating_options&);
extern template void kalman_warp<kalman_xywh, float>(CUstream_st*,
                                                     const kalman_device<kalman_xywh, float>&,
                                                     const kalman_list&,
                                                     device_view<const kalman_motion<float>, 1>);
extern template void kalman_warp<kalman_xywh, float>(CUstream_st*,
                                                     const kalman_device<kalman_xywh, float>&,
                                                     const kalman_list&,
                                                     const kalman_motion<float>&);
extern template void kalman_boxes<kalman_xywh, float>(CUstream_st*,
                                                      const kalman_device<kalman_xywh, float>&,
                                                      const kalman_list&,
                                                      device_view<box<float>, 1>);
extern template void kalman_initiate<kalman_sort7, double>(
    CUstream_st*, const kalman_device<kalman_sort7, double>&, const kalman_list&,
    device_view<const double, 2>);
extern template void kalman_predict<kalman_sort7, double>(
    CUstream_st*, const kalman_device<kalman_sort7, double>&, const kalman_list&,
    const kalman_predict_options&);
extern template void kalman_zero_velocity<kalman_sort7, double>(
    CUstream_st*, const kalman_device<kalman_sort7, double>&, const kalman_list&, std::uint32_t);
extern template void kalman_update<kalman_sort7, double>(CUstream_st*,
                                                         const kalman_device<kalman_sort7, double>&,
                                                         const kalman_list&,
                                                         device_view<const double, 2>);
extern template void kalman_project<kalman_sort7, double>(
    CUstream_st*, const kalman_device<kalman_sort7, double>&, const kalman_list&,
    device_view<double, 2>, device_view<double, 3>);
extern template void kalman_gating<kalman_sort7, double>(
    CUstream_st*, const kalman_device<kalman_sort7, double>&, const kalman_list&,
    device_view<const double, 2>, device_view<double, 2>, const kalman_gating_options&);
extern template void kalman_boxes<kalman_sort7, double>(CUstream_st*,
                                                        const kalman_device<kalman_sort7, double>&,
                                                        const kalman_list&,
                                                        device_view<box<double>, 1>);
extern template void kalman_initiate<kalman_xyah, double>(CUstream_st*,
                                                          const kalman_device<kalman_xyah, double>&,
                                                          const kalman_list&,
                                                          device_view<const double, 2>);
extern template void kalman_predict<kalman_xyah, double>(CUstream_st*,
                                                         const kalman_device<kalman_xyah, double>&,
                                                         const kalman_list&,
                                                         const kalman_predict_options&);
extern template void kalman_zero_velocity<kalman_xyah, double>(
    CUstream_st*, const kalman_device<kalman_xyah, double>&, const kalman_list&, std::uint32_t);
extern template void kalman_update<kalman_xyah, double>(CUstream_st*,
                                                        const kalman_device<kalman_xyah, double>&,
                                                        const kalman_list&,
                                                        device_view<const double, 2>);
extern template void kalman_project<kalman_xyah, double>(CUstream_st*,
                                                         const kalman_device<kalman_xyah, double>&,
                                                         const kalman_list&, device_view<double, 2>,
                                                         device_view<double, 3>);
extern template void kalman_gating<kalman_xyah, double>(
    CUstream_st*, const kalman_device<kalman_xyah, double>&, const kalman_list&,
    device_view<const double, 2>, device_view<double, 2>, const kalman_gating_options&);
extern template void kalman_warp<kalman_xyah, double>(CUstream_st*,
                                                      const kalman_device<kalman_xyah, double>&,
                                                      const kalman_list&,
                                                      device_view<const kalman_motion<double>, 1>);
extern template void kalman_warp<kalman_xyah, double>(CUstream_st*,
                                                      const kalman_device<kalman_xyah, double>&,
                                                      const kalman_list&,
                                                      const kalman_motion<double>&);
extern template void kalman_boxes<kalman_xyah, double>(CUstream_st*,
                                                       const kalman_device<kalman_xyah, double>&,
                                                       const kalman_list&,
                                                       device_view<box<double>, 1>);
extern template void kalman_initiate<kalman_xywh, double>(CUstream_st*,
                                                          const kalman_device<kalman_xywh, double>&,
                                                          const kalman_list&,
                                                          device_view<const double, 2>);
extern template void kalman_predict<kalman_xywh, double>(CUstream_st*,
                                                         const kalman_device<kalman_xywh, double>&,
                                                         const kalman_list&,
                                                         const kalman_predict_options&);
extern template void kalman_zero_velocity<kalman_xywh, double>(
    CUstream_st*, const kalman_device<kalman_xywh, double>&, const kalman_list&, std::uint32_t);
extern template void kalman_update<kalman_xywh, double>(CUstream_st*,
                                                        const kalman_device<kalman_xywh, double>&,
                                                        const kalman_list&,
                                                        device_view<const double, 2>);
extern template void kalman_project<kalman_xywh, double>(CUstream_st*,
                                                         const kalman_device<kalman_xywh, double>&,
                                                         const kalman_list&, device_view<double, 2>,
                                                         device_view<double, 3>);
extern template void kalman_gating<kalman_xywh, double>(
    CUstream_st*, const kalman_device<kalman_xywh, double>&, const kalman_list&,
    device_view<const double, 2>, device_view<double, 2>, const kalman_gating_options&);
extern template void kalman_warp<kalman_xywh, double>(CUstream_st*,
                                                      const kalman_device<kalman_xywh, double>&,
                                                      const kalman_list&,
                                                      device_view<const kalman_motion<double>, 1>);
extern template void kalman_warp<kalman_xywh, double>(CUstream_st*,
                                                      const kalman_device<kalman_xywh, double>&,
                                                      const kalman_list&,
                                                      const kalman_motion<double>&);
extern template void kalman_boxes<kalman_xywh, double>(CUstream_st*,
                                                       const kalman_device<kalman_xywh, double>&,
                                                       const kalman_list&,
                                                       device_view<box<double>, 1>);

}  // namespace kernels::inline KERNELS_ABI::gpu
#endif
