// kalman on a GPU, through the front door as an application calls it.
#include "../kalman_cases.hpp"
#include "gpu_test.hpp"

#include <kernels/kalman.hpp>

namespace {

using kernels::buffer;
using kernels::memory;
using kernels::space;

/// A strided host array in device memory, all that lies between its first and last element.
template <class T, int Rank>
struct uploaded {
  using value = std::remove_const_t<T>;
  const kernels::view<T, Rank>& host;
  std::int64_t size = 1;
  buffer<value, memory::device> held;

  explicit uploaded(const kernels::view<T, Rank>& v) : host(v) {
    for (int d = 0; d < Rank; ++d) size += (v.extent[d] - 1) * v.stride[d];
    if (v.size() == 0) size = 0;
    held.resize(size);
    kernels::copy(kernels::packed(static_cast<const value*>(v.data), {size}), held.as({size}));
  }
  kernels::device_view<T, Rank> view() { return {held.data(), host.extent, host.stride}; }
  void download() { kernels::copy(held.as({size}), kernels::packed(host.data, {size})); }
};

/// Slots on the device.
struct uploaded_slots {
  bool all;
  buffer<std::int32_t, memory::device> held;
  kernels::view<const std::int32_t, 1> host;

  explicit uploaded_slots(kernels::kalman_all_slots) : all(true) {}
  explicit uploaded_slots(const kernels::view<const std::int32_t, 1>& list)
      : all(false), host(list) {
    const std::int64_t size = list.extent[0] == 0 ? 0 : (list.extent[0] - 1) * list.stride[0] + 1;
    held.resize(size);
    kernels::copy(kernels::packed(list.data, {size}), held.as({size}));
  }
  kernels::kalman_slots<space::device> slots() {
    if (all) return kernels::kalman_all;
    return kernels::device_view<const std::int32_t, 1>{held.data(), host.extent, host.stride};
  }
};

/// Runs call(exec, state on the device) and brings the state back.
template <class M, class T, class Call>
void on_device(const kernels::kalman_view<M, T>& s, const Call& call) {
  const gpu_test::stream stream;
  constexpr int kPlanes = kernels::math::kalman_planes<M>::kAll;
  buffer<T, memory::device> numbers(kPlanes * s.stride);
  buffer<std::uint8_t, memory::device> flags(s.size);
  const auto planes = kernels::packed(s.data, {kPlanes * s.stride});
  const auto coupled = kernels::packed(s.coupled, {s.size});
  kernels::copy(planes, numbers.as({kPlanes * s.stride}));
  kernels::copy(coupled, flags.as({s.size}));
  call(kernels::on_gpu(stream.get()), kernels::kalman_view<M, T, space::device>{
                                          numbers.data(), s.size, s.stride, flags.data(), s.model});
  stream.wait();
  kernels::copy(numbers.as({kPlanes * s.stride}), planes);
  kernels::copy(flags.as({s.size}), coupled);
}

struct gpu_runner {
  template <class S, class L, class Z>
  void initiate(const S& s, const L& l, const Z& z) const {
    uploaded_slots list(l);
    uploaded measured(z);
    on_device(s, [&](auto exec, const auto& state) {
      kalman_initiate(exec, state, list.slots(), measured.view());
    });
  }
  template <class S, class L>
  void predict(const S& s, const L& l, double dt) const {
    uploaded_slots list(l);
    on_device(s, [&](auto exec, const auto& state) {
      kalman_predict(exec, state, list.slots(), {.dt = dt});
    });
  }
  template <class S, class L>
  void zero(const S& s, const L& l, std::uint32_t coordinates) const {
    uploaded_slots list(l);
    on_device(s, [&](auto exec, const auto& state) {
      kalman_zero_velocity(exec, state, list.slots(), coordinates);
    });
  }
  template <class S, class L, class Z>
  void update(const S& s, const L& l, const Z& z) const {
    uploaded_slots list(l);
    uploaded measured(z);
    on_device(s, [&](auto exec, const auto& state) {
      kalman_update(exec, state, list.slots(), measured.view());
    });
  }
  template <class S, class L, class A, class C>
  void project(const S& s, const L& l, const A& mean, const C& covariance) const {
    uploaded_slots list(l);
    uploaded m(mean);
    uploaded c(covariance);
    on_device(s, [&](auto exec, const auto& state) {
      kalman_project(exec, state, list.slots(), m.view(), c.view());
    });
    m.download();
    c.download();
  }
  template <class S, class L, class Z, class D>
  void gating(const S& s, const L& l, const Z& z, const D& d, bool position_only) const {
    uploaded_slots list(l);
    uploaded measured(z);
    uploaded distances(d);
    on_device(s, [&](auto exec, const auto& state) {
      kalman_gating(exec, state, list.slots(), measured.view(), distances.view(),
                    {.position_only = position_only});
    });
    distances.download();
  }
  template <class M, class T, class L, class W>
  void warp(const kernels::kalman_view<M, T>& s, const L& l, const W& motions) const {
    uploaded_slots list(l);
    const kernels::view<const kernels::kalman_motion<T>, 1> all = motions;
    uploaded m(all);
    on_device(
        s, [&](auto exec, const auto& state) { kalman_warp(exec, state, list.slots(), m.view()); });
  }
  template <class S, class L, class B>
  void boxes(const S& s, const L& l, const B& b) const {
    uploaded_slots list(l);
    uploaded on_gpu(b);
    on_device(s, [&](auto exec, const auto& state) {
      kalman_boxes(exec, state, list.slots(), on_gpu.view());
    });
    on_gpu.download();
  }
};

}  // namespace

TEST_CASE("kalman gpu: batches equal one track at a time, bit for bit") {
  kalman_cases::equals_one_at_a_time<kernels::kalman_sort7, float>(gpu_runner{});
  kalman_cases::equals_one_at_a_time<kernels::kalman_sort7, double>(gpu_runner{});
  kalman_cases::equals_one_at_a_time<kernels::kalman_xyah, float>(gpu_runner{});
  kalman_cases::equals_one_at_a_time<kernels::kalman_xyah, double>(gpu_runner{});
  kalman_cases::equals_one_at_a_time<kernels::kalman_xywh, float>(gpu_runner{});
  kalman_cases::equals_one_at_a_time<kernels::kalman_xywh, double>(gpu_runner{});
  kalman_cases::equals_one_at_a_time<kernels::kalman_xywh, float>(gpu_runner{}, 3000);
}

TEST_CASE("kalman gpu: a state in device memory keeps its slots when it grows") {
  using model = kernels::kalman_xyah;
  kernels::kalman_state<model, float, memory::device> state;
  state.resize(3);
  kernels::kalman_state<model, float> host;
  host.resize(3);
  std::mt19937 random(1);
  kalman_cases::measurements<model, float> z(3, random);
  const auto measured = z.view();
  uploaded on_gpu(measured);
  kalman_initiate(kernels::on_gpu(), state.view(), kernels::kalman_all, on_gpu.view());
  state.resize(5000);
  std::vector<float> x(3);
  const auto mean = state.view().mean(0);
  kernels::copy(kernels::packed<space::device>(mean.data, {3}), kernels::packed(x.data(), {3}));
  kernels::check_cuda(cudaDeviceSynchronize(), "wait");
  for (std::int64_t k = 0; k < 3; ++k) CHECK(x[static_cast<std::size_t>(k)] == z.at(k, 0));
}
