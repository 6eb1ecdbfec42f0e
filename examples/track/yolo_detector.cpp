#include "detector.hpp"

#include <common/errors.hpp>

#if KERNELS_TRACK_DNN

#include "suppress.hpp"

#include <common/machine.hpp>
#include <common/mat_view.hpp>
#include <common/parallel.hpp>
#include <common/stop.hpp>

#include <kernels/decode_yolo.hpp>
#include <kernels/preprocess.hpp>

#include <opencv2/dnn.hpp>

#include <algorithm>
#include <array>

namespace kernels::examples {
namespace {

constexpr double kOverlap = 0.7;
constexpr double kLeastScore = 0.1;

std::string shape_text(const cv::Mat& m) {
  std::string text;
  for (int d = 0; d < m.dims; ++d) text += (d == 0 ? "" : "x") + std::to_string(m.size[d]);
  return text;
}

class yolo_detector : public detector {
 public:
  explicit yolo_detector(const options& o)
      : options_(o), threads_(o.threads == 0 ? cores() : o.threads) {
    cv::setNumThreads(threads_);
    load();
    rows_ = probe();
  }

  std::vector<detections> detect(std::span<const cv::Mat> frames) override {
    std::vector<detections> found(frames.size());
    if (frames.size() > 1 && !tried_batches_) try_batches(static_cast<int>(frames.size()));
    const auto most = batches_ ? frames.size() : 1;
    for (std::size_t first = 0; first < frames.size(); first += most) {
      throw_if_stopped();
      const auto count = std::min(most, frames.size() - first);
      detect_batch(frames.subspan(first, count), found.data() + first);
    }
    return found;
  }

  [[nodiscard]] std::string description() const override {
    return options_.model.filename().string() + (batches_ ? ", in batches" : "");
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw usage_error("--model " + options_.model.string() + " " + why);
  }

  void load() {
    if (!std::filesystem::is_regular_file(options_.model)) {
      refuse("is no file; check the name");
    }
    try {
      net_ = cv::dnn::readNetFromONNX(options_.model.string());
    } catch (const cv::Exception&) {
    }
    if (net_.empty()) {
      refuse("is no ONNX network that this OpenCV (" CV_VERSION
             ") can read; export it again as ONNX (opset 12, not simplified to half precision)");
    }
    net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
  }

  cv::Mat forward(const cv::Mat& input) {
    net_.setInput(input);
    return net_.forward();
  }

  [[nodiscard]] cv::Mat input_of(int count) const {
    const std::array<int, 4> shape = {count, 3, options_.model_height, options_.model_width};
    return cv::Mat(4, shape.data(), CV_32F, cv::Scalar(0));
  }

  /// Rows of what comes out for an empty picture, whose shape must be (1, 4 + classes, boxes).
  int probe() {
    cv::Mat head;
    try {
      head = forward(input_of(1));
    } catch (const cv::Exception&) {
      refuse("cannot be run on pictures of " + std::to_string(options_.model_width) + "x" +
             std::to_string(options_.model_height) +
             " pixels; give the size that it was made for with --model-size");
    }
    if (head.dims != 3 || head.size[0] != 1 || head.size[1] < 5 || head.size[2] < head.size[1] ||
        head.type() != CV_32F) {
      refuse("gives " + shape_text(head) +
             " numbers, but wanted is 1x(4+classes)xboxes as YOLO v8 and later have it; export "
             "such a network without its own suppression");
    }
    return head.size[1];
  }

  /// Many networks are exported for one picture at a time.
  void try_batches(int count) {
    tried_batches_ = true;
    try {
      const cv::Mat head = forward(input_of(count));
      batches_ = head.dims == 3 && head.size[0] == count && head.size[1] == rows_;
    } catch (const cv::Exception&) {
      batches_ = false;
    }
    if (!batches_) load();  // a failed run leaves the network in a state of its own
  }

  void detect_batch(std::span<const cv::Mat> frames, detections* found) {
    const pixel_size size = {frames[0].cols, frames[0].rows};
    const pixel_size seen = {options_.model_width, options_.model_height};
    cv::Mat input = input_of(static_cast<int>(frames.size()));
    const auto count = static_cast<std::int64_t>(frames.size());
    const auto batch = packed(input.ptr<float>(), {count, 3, seen.height, seen.width});
    parallel_for(threads_, count, [&](std::int64_t k) {
      auto one = batch;
      one.data += k * batch.stride[0];
      one.extent[0] = 1;
      preprocess(on_cpu{.threads = 1}, as_view(frames[static_cast<std::size_t>(k)]),
                 whole_frames(1, size), one, {.swap_channels = true});
    });
    const cv::Mat head = forward(input);
    const auto boxes = make_letterbox(size, seen);
    parallel_for(threads_, count, [&](std::int64_t k) {
      found[k] = decode({head.ptr<float>(static_cast<int>(k)),
                         {head.size[1], head.size[2]},
                         {static_cast<std::int64_t>(head.step1(1)), 1}},
                        boxes);
    });
  }

  [[nodiscard]] detections decode(const view<const float, 2>& head, const letterbox& l) const {
    const double least = options_.confidence.value_or(kLeastScore);
    const auto found =
        decode_yolo(on_cpu{.threads = 1}, head, l, {.score_threshold = least, .clip = true});
    detections kept;
    for (std::size_t k = 0; k < found.boxes.size(); ++k) {
      const auto& b = found.boxes[k];
      const auto label = found.classes[k];
      if (!options_.classes.empty() && !std::ranges::count(options_.classes, label)) continue;
      kept.push_back({{b.left, b.top, b.right, b.bottom}, found.scores[k], label});
    }
    return suppress(kept, options_.overlap.value_or(kOverlap));
  }

  options options_;
  int threads_;
  cv::dnn::Net net_;
  int rows_ = 0;
  bool tried_batches_ = false, batches_ = false;
};

}  // namespace

std::unique_ptr<detector> make_yolo_detector(const options& o) {
  return std::make_unique<yolo_detector>(o);
}

}  // namespace kernels::examples

#else

namespace kernels::examples {

std::unique_ptr<detector> make_yolo_detector(const options&) {
  throw usage_error(
      "--model: this track was built without OpenCV's dnn; install that and build again, or leave "
      "--model out for the people detector");
}

}  // namespace kernels::examples

#endif
