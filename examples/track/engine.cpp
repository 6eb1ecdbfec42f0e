#include "engine.hpp"

#include <common/errors.hpp>

#include <kernels/multi_tracker.hpp>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace kernels::examples {
namespace {

constexpr double kDefaultFps = 30;
constexpr std::int64_t kManyCameras = 128;  // from here on a GPU pays

template <class T>
void set(T& value, const std::optional<std::remove_cvref_t<T>>& given) {
  if (given) value = *given;
}

/// Frames that a track is kept, for the trackers that count them themselves.
void set_max_age(int& max_age, const options& o, double fps) {
  const int most = o.max_buffer.value_or(1'000'000);
  max_age = o.track_buffer ? lost_frames(fps, *o.track_buffer, most) : std::min(max_age, most);
}

void choose(sort_options& into, const options& o, double fps) {
  set(into.iou_threshold, o.match_threshold);
  set_max_age(into.max_age, o, fps);
}

void choose(oc_sort_options& into, const options& o, double fps) {
  set(into.detection_threshold, o.track_threshold);
  set(into.iou_threshold, o.match_threshold);
  set_max_age(into.max_age, o, fps);
}

/// ByteTrack and its relatives.
template <class Options>
void choose(Options& into, const options& o, double fps) {
  set(into.track_threshold, o.track_threshold);
  if (o.new_threshold) into.new_threshold = *o.new_threshold;
  set(into.match_threshold, o.match_threshold);
  if constexpr (requires { into.fuse_scores; }) {
    into.fuse_scores = !o.mot20 && !o.no_score_fusion;
  }
  into.fps = fps;
  set(into.track_buffer, o.track_buffer);
  set(into.max_buffer, o.max_buffer);
}

template <class Tracker>
class engine_of : public engine {
 public:
  template <class Exec>
  engine_of(Exec exec, std::string where, std::int64_t cameras,
            const typename Tracker::options& chosen)
      : trackers_(exec, cameras, chosen), where_(std::move(where)) {}

  std::span<const track_update> update(std::span<const camera_frame> frames) override {
    return trackers_.update(frames);
  }
  [[nodiscard]] std::string description() const override { return where_; }

 private:
  multi_tracker<Tracker> trackers_;
  std::string where_;
};

template <class Tracker>
std::unique_ptr<engine> make(const options& o, double fps, std::int64_t cameras) {
  typename Tracker::options chosen;
  choose(chosen, o, o.fps.value_or(fps > 0 ? fps : kDefaultFps));
  chosen.classes_apart = o.classes_apart;
  try {
    const bool many = cameras >= kManyCameras && gpu_count() > 0;
    if (o.where == backend::cuda || (o.where == backend::automatic && many)) {
      return std::make_unique<engine_of<Tracker>>(on_gpu(), "cuda", cameras, chosen);
    }
    return std::make_unique<engine_of<Tracker>>(on_cpu{.threads = o.threads}, "cpu", cameras,
                                                chosen);
  } catch (const out_of_memory&) {
    throw;
  } catch (const cuda_error&) {
    throw;
  } catch (const error& e) {
    throw usage_error(e.what());
  }
}

}  // namespace

void check_backend(backend wanted) {
  if (wanted != backend::cuda || gpu_count() > 0) return;
#if KERNELS_HAS_CUDA
  throw usage_error("--backend cuda: no GPU that can be used was found; use --backend cpu or auto");
#else
  throw usage_error(
      "--backend cuda: this program was built without CUDA; use --backend cpu or auto, or build it "
      "where nvcc is");
#endif
}

std::unique_ptr<engine> make_engine(const options& o, double fps, std::int64_t cameras) {
  switch (o.tracker) {
    case method::sort:
      return make<sort_tracker>(o, fps, cameras);
    case method::botsort:
      return make<bot_sort_tracker>(o, fps, cameras);
    case method::ocsort:
      return make<oc_sort_tracker>(o, fps, cameras);
    case method::mcbyte:
      return make<mcbyte_tracker>(o, fps, cameras);
    default:
      return make<byte_tracker>(o, fps, cameras);
  }
}

}  // namespace kernels::examples
