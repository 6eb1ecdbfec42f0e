// Prints hashes of exact operations on fixed inputs, and exits with 1 if one of them is not the
// hash that stands here: every compiler, flag, instruction set and thread count must reproduce it.
#include <kernels/e2p.hpp>

#include <cstdio>
#include <cstring>

namespace {

using kernels::instruction_set;

class fnv1a {
 public:
  void add(const void* data, std::size_t size) {
    const auto* bytes = static_cast<const unsigned char*>(data);
    for (std::size_t k = 0; k < size; ++k) hash_ = (hash_ ^ bytes[k]) * 1099511628211ULL;
  }
  [[nodiscard]] std::uint64_t value() const { return hash_; }

 private:
  std::uint64_t hash_ = 14695981039346656037ULL;
};

std::vector<std::uint8_t> noise(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  std::uint64_t state = 88172645463325252ULL;
  for (auto& b : bytes) {  // xorshift64
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    b = static_cast<std::uint8_t>(state >> 24);
  }
  return bytes;
}

int failures = 0;

void expect(const char* what, std::uint64_t expected, std::uint64_t given) {
  const bool same = expected == given;
  std::printf("%-28s %016llx %s\n", what, static_cast<unsigned long long>(given),
              same ? "ok" : "DIFFERENT");
  failures += same ? 0 : 1;
}

std::vector<kernels::pinhole> rig() {
  std::vector<kernels::pinhole> views;
  for (int k = 0; k < 12; ++k) {  // angles that a contracted multiply-add cannot change
    views.push_back(kernels::make_pinhole({.width = 97 + k,
                                           .height = 61,
                                           .hfov = 20.0 + 12 * k,
                                           .yaw = -200.0 + 37.125 * k,
                                           .pitch = -90.0 + 16.375 * k,
                                           .roll = 7.75 * k}));
  }
  return views;
}

}  // namespace

int main() {
  const auto views = rig();
  fnv1a cameras;
  for (const auto& v : views) {
    cameras.add(v.rotation.data(), sizeof v.rotation);
    cameras.add(&v.fx, sizeof v.fx);
    const auto d = kernels::direction(v, {12.25, 50.5});
    cameras.add(d.data(), sizeof d);
    const auto p = kernels::project(v, {d[0] + 0.01, d[1], d[2]});
    cameras.add(&p->x, sizeof p->x);
    cameras.add(&p->y, sizeof p->y);
  }
  expect("camera", 0xe4675b049013dec3, cameras.value());

  for (const auto isa :
       {instruction_set::portable, instruction_set::avx2, instruction_set::avx512}) {
    if (!kernels::cpu::supported(isa)) {
      std::printf("e2p %-24s skipped: not on this processor\n", kernels::cpu::name(isa));
      continue;
    }
    for (const int threads : {1, 2, 7}) {
      fnv1a e2p;
      for (const std::int64_t channels : {1, 3, 4}) {
        const auto frames = noise(static_cast<std::size_t>(2 * 256 * 512 * channels));
        const kernels::on_cpu exec{.threads = threads, .isa = isa};
        const auto plan = kernels::make_e2p_plan(exec, views, {512, 256});
        for (const auto filter :
             {kernels::interpolation::nearest, kernels::interpolation::bilinear}) {
          std::vector<std::vector<std::uint8_t>> outputs;
          std::vector<kernels::view<std::uint8_t, 4>> output_views;
          for (const auto& v : views) {
            outputs.emplace_back(static_cast<std::size_t>(2 * v.width * v.height * channels));
            output_views.push_back(
                kernels::packed(outputs.back().data(), {2, v.height, v.width, channels}));
          }
          kernels::e2p(exec, kernels::packed(frames.data(), {2, 256, 512, channels}), output_views,
                       plan, {.filter = filter});
          for (const auto& o : outputs) e2p.add(o.data(), o.size());
        }
      }
      char what[64];
      std::snprintf(what, sizeof what, "e2p %s, %d threads", kernels::cpu::name(isa), threads);
      expect(what, 0xf9e1f2d330734b74, e2p.value());
    }
  }
  return failures == 0 ? 0 : 1;
}
