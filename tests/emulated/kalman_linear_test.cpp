// kalman_linear's CUDA kernels in the emulator, under several thread schedules.
#include "../kalman_linear_cases.hpp"

#include <kernels/kalman_linear.cuh>

namespace {

struct emulated_runner {
  template <class V>
  static auto device(const V& v) {
    if constexpr (requires { v.model; }) {
      return kernels::gpu::kalman_linear_device<3, 2, std::remove_pointer_t<decltype(v.data)>>{
          v.data, v.size, v.stride, v.coupled, v.model};
    } else if constexpr (requires { v.extent; }) {
      return kernels::device_view<std::remove_pointer_t<decltype(v.data)>,
                                  static_cast<int>(std::tuple_size_v<decltype(v.extent)>)>{
          v.data, v.extent, v.stride};
    } else {
      return v;
    }
  }
  template <class... A>
  void initiate(const A&... a) const {
    kalman_initiate(kernels::on_gpu(), device(a)...);
  }
  template <class... A>
  void predict(const A&... a) const {
    kalman_predict(kernels::on_gpu(), device(a)...);
  }
  template <class... A>
  void update(const A&... a) const {
    kalman_update(kernels::on_gpu(), device(a)...);
  }
  template <class... A>
  void project(const A&... a) const {
    kalman_project(kernels::on_gpu(), device(a)...);
  }
  template <class... A>
  void gating(const A&... a) const {
    kalman_gating(kernels::on_gpu(), device(a)...);
  }
};

}  // namespace

TEST_CASE("kalman_linear emulated: batches equal one track at a time on every schedule") {
  for (const unsigned seed : {0U, 1U, 2U}) {
    const kernels::emulator::schedule schedule({.seed = seed});
    for (const std::int64_t n : {0, 1, 33}) {
      kalman_linear_cases::equals_one_at_a_time<float>(emulated_runner{}, n);
      kalman_linear_cases::equals_one_at_a_time<double>(emulated_runner{}, n);
    }
  }
}
