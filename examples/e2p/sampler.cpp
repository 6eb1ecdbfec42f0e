#include "sampler.hpp"

#include <common/errors.hpp>
#include <common/machine.hpp>
#include <common/mat_view.hpp>

#include <kernels/e2p.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace kernels::examples {
namespace {

std::vector<pinhole> cameras_of(const rig& views) {
  std::vector<pinhole> cameras;
  for (const auto& view : views) cameras.push_back(view.camera);
  return cameras;
}

std::vector<cv::Mat> make_pictures(const rig& views) {
  std::vector<cv::Mat> pictures;
  for (const auto& [name, camera, yaw, pitch, roll] : views) {
    pictures.emplace_back(static_cast<int>(camera.height), static_cast<int>(camera.width), CV_8UC3);
  }
  return pictures;
}

e2p_plan plan_for(std::span<const pinhole> cameras, const cv::Mat& panorama) {
  try {
    return {cameras, {panorama.cols, panorama.rows}};
  } catch (const error& e) {
    throw usage_error(e.what());
  }
}

/// A picture of its own is sampled without cached coordinates, which pay from the second one of a
/// size on; they are kept while they all fit into a quarter of the memory.
class cpu_sampler : public sampler {
 public:
  cpu_sampler(const options& o, const rig& views)
      : filter_(o.filter),
        exec_{.threads = o.threads},
        threads_(o.threads == 0 ? cores() : o.threads),
        cameras_(cameras_of(views)),
        pictures_(make_pictures(views)) {}

  const std::vector<cv::Mat>& sample(const cv::Mat& panorama) override {
    std::vector<view<std::uint8_t, 4>> outputs;
    for (auto& picture : pictures_) outputs.push_back(as_view(picture));
    e2p(exec_, as_view(panorama), outputs, plan(panorama), {.filter = filter_});
    return pictures_;
  }

  [[nodiscard]] std::string description() const override {
    return "cpu, " + std::string(kernels::cpu::name(kernels::cpu::choose(exec_.isa))) + ", " +
           std::to_string(threads_) + (threads_ == 1 ? " thread" : " threads");
  }

 private:
  const e2p_plan& plan(const cv::Mat& panorama) {
    const std::pair size(panorama.cols, panorama.rows);
    const auto found = plans_.find(size);
    if (found == plans_.end())
      return plans_.emplace(size, plan_for(cameras_, panorama)).first->second;
    auto& plan = found->second;
    if (plan.maps().empty() && cached_bytes_ + map_bytes() <= memory_bytes() / 4) {
      try {
        plan = make_e2p_plan(exec_, cameras_, {panorama.cols, panorama.rows});
        cached_bytes_ += plan.bytes();
      } catch (const out_of_memory&) {
        cached_bytes_ = memory_bytes();  // go on without
      }
    }
    return plan;
  }

  [[nodiscard]] std::int64_t map_bytes() const {
    std::int64_t pixels = 0;
    for (const auto& camera : cameras_) pixels += camera.width * camera.height;
    return 8 * pixels;
  }

  interpolation filter_;
  on_cpu exec_;
  int threads_;
  std::vector<pinhole> cameras_;
  std::vector<cv::Mat> pictures_;
  std::map<std::pair<int, int>, e2p_plan> plans_;
  std::int64_t cached_bytes_ = 0;
};

/// Copies a panorama to the GPU and its views back. Where memory is short it does fewer views at
/// a time, and at last leaves the work to the CPU.
class gpu_sampler : public sampler {
 public:
  gpu_sampler(const options& o, const rig& views, std::function<void(const std::string&)> note)
      : filter_(o.filter),
        cameras_(cameras_of(views)),
        pictures_(make_pictures(views)),
        at_a_time_(views.size()),
        note_(std::move(note)),
        make_cpu_([o, views] { return std::make_unique<cpu_sampler>(o, views); }) {}

  const std::vector<cv::Mat>& sample(const cv::Mat& panorama) override {
    while (!cpu_) {
      try {
        sample_in_groups(panorama);
        return pictures_;
      } catch (const out_of_memory&) {
        outputs_ = {};
        if (at_a_time_ > 1) {
          at_a_time_ = (at_a_time_ + 1) / 2;
        } else {
          panorama_ = {};
          cpu_ = make_cpu_();
          note_("the GPU's memory is too small for this panorama; going on with the CPU");
        }
      }
    }
    return cpu_->sample(panorama);
  }

  [[nodiscard]] std::string description() const override {
    return cpu_ ? "cuda, then " + cpu_->description() : "cuda";
  }

 private:
  void sample_in_groups(const cv::Mat& panorama) {
    const auto from = as_view(panorama);
    panorama_.resize(from.size());
    const auto frames = panorama_.as({1, panorama.rows, panorama.cols, 3});
    copy(from, frames);
    for (std::size_t first = 0; first < cameras_.size(); first += at_a_time_) {
      const auto count = std::min(at_a_time_, cameras_.size() - first);
      sample_group(panorama, frames, first, count);
    }
  }

  void sample_group(const cv::Mat& panorama, const device_view<const std::uint8_t, 4>& frames,
                    std::size_t first, std::size_t count) {
    std::int64_t bytes = 0;
    for (std::size_t k = first; k < first + count; ++k) bytes += as_view(pictures_[k]).size();
    outputs_.resize(bytes);
    std::vector<device_view<std::uint8_t, 4>> outputs;
    std::uint8_t* next = outputs_.data();
    for (std::size_t k = first; k < first + count; ++k) {
      outputs.push_back(image<space::device>(next, pictures_[k].rows, pictures_[k].cols, 3));
      next += outputs.back().size();
    }
    const auto plan = plan_for(std::span(cameras_).subspan(first, count), panorama);
    e2p(on_gpu(), frames, outputs, plan, {.filter = filter_});
    // copies into pageable memory return when they are done
    for (std::size_t k = 0; k < count; ++k) copy(outputs[k], as_view(pictures_[first + k]));
  }

  interpolation filter_;
  std::vector<pinhole> cameras_;
  std::vector<cv::Mat> pictures_;
  std::size_t at_a_time_;
  std::function<void(const std::string&)> note_;
  std::function<std::unique_ptr<sampler>()> make_cpu_;
  std::unique_ptr<sampler> cpu_;
  buffer<std::uint8_t, memory::device> panorama_, outputs_;
};

bool use_gpu(backend wanted) {
  return wanted == backend::cuda || (wanted == backend::automatic && gpu_count() > 0);
}

}  // namespace

void check_backend(backend wanted) {
  if (wanted != backend::cuda || gpu_count() > 0) return;
#if KERNELS_HAS_CUDA
  throw usage_error("--backend cuda: no GPU that can be used was found; use --backend cpu or auto");
#else
  throw usage_error(
      "--backend cuda: this e2p was built without CUDA; use --backend cpu or auto, or "
      "build it where nvcc is");
#endif
}

std::unique_ptr<sampler> make_sampler(const options& o, const rig& views,
                                      std::function<void(const std::string&)> note) {
  check_backend(o.where);
  if (use_gpu(o.where)) return std::make_unique<gpu_sampler>(o, views, std::move(note));
  return std::make_unique<cpu_sampler>(o, views);
}

}  // namespace kernels::examples
