#include "image_network.hpp"

#include <common/errors.hpp>

#if KERNELS_REID_DNN

#include <common/decode.hpp>
#include <common/mat_view.hpp>
#include <common/parallel.hpp>

#include <kernels/preprocess.hpp>

#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string>

namespace kernels::examples {
namespace {

std::string shape_text(const cv::Mat& m) {
  std::string text;
  for (int d = 0; d < m.dims; ++d) text += (d == 0 ? "" : "x") + std::to_string(m.size[d]);
  return text;
}

/// Pictures much larger than wanted are averaged first: preprocess takes single pixels.
cv::Mat shrunk(cv::Mat picture, cv::Size wanted) {
  const double ratio = std::min(static_cast<double>(picture.cols) / wanted.width,
                                static_cast<double>(picture.rows) / wanted.height);
  if (ratio < 2) return picture;
  cv::Mat smaller;
  cv::resize(picture, smaller, {}, 1 / ratio, 1 / ratio, cv::INTER_AREA);
  return smaller;
}

class dnn_network : public image_network {
 public:
  explicit dnn_network(const network_options& o) : options_(o) {
    cv::setNumThreads(o.threads);
    load();
    probe();
  }

  [[nodiscard]] std::int64_t dimension() const override { return dimension_; }

  [[nodiscard]] cv::Mat prepare(std::span<const std::filesystem::path> pictures) const override {
    cv::Mat input = input_of(static_cast<int>(pictures.size()));
    const auto count = static_cast<std::int64_t>(pictures.size());
    const auto batch = packed(input.ptr<float>(), {count, 3, options_.height, options_.width});
    parallel_for(options_.threads, count, [&](std::int64_t k) {
      auto one = batch;
      one.data += k * batch.stride[0];
      one.extent[0] = 1;
      const cv::Mat picture = read(pictures[static_cast<std::size_t>(k)]);
      preprocess(on_cpu{.threads = 1}, as_view(picture),
                 whole_frames(1, {picture.cols, picture.rows}), one, options_.pixels);
    });
    return input;
  }

  void embed(const cv::Mat& prepared, float* rows) override {
    const int count = prepared.size[0];
    if (count > 1 && !tried_batches_) try_batches(count);
    const int most = batches_ ? count : 1;
    for (int first = 0; first < count; first += most) {
      const int part = std::min(most, count - first);
      cv::Mat input = input_of(part);
      std::memcpy(input.data, prepared.ptr<float>(first), input.total() * sizeof(float));
      const cv::Mat out = forward(input);
      if (!is_wanted(out, part)) refuse("gives " + shape_text(out) + " numbers for a batch");
      std::memcpy(rows + first * dimension_, out.data,
                  static_cast<std::size_t>(part * dimension_) * sizeof(float));
    }
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw usage_error("--model " + options_.model.string() + " " + why);
  }

  [[nodiscard]] cv::Mat read(const std::filesystem::path& path) const {
    try {
      return shrunk(read_image(path), {options_.width, options_.height});
    } catch (const failure& e) {
      throw usage_error(e.what());
    }
  }

  void load() {
    if (!std::filesystem::is_regular_file(options_.model)) refuse("is no file; check the name");
    try {
      net_ = cv::dnn::readNetFromONNX(options_.model.string());
    } catch (const cv::Exception&) {
    }
    if (net_.empty()) {
      refuse("is no ONNX network that this OpenCV (" CV_VERSION
             ") can read; export it again as ONNX (opset 12, float32)");
    }
    net_.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
    net_.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
  }

  cv::Mat forward(const cv::Mat& input) {
    net_.setInput(input);
    const cv::Mat out = net_.forward();
    return out.isContinuous() ? out : out.clone();
  }

  [[nodiscard]] cv::Mat input_of(int count) const {
    const std::array<int, 4> shape = {count, 3, options_.height, options_.width};
    return cv::Mat(4, shape.data(), CV_32F, cv::Scalar(0));
  }

  /// (N, D), or (N, D, 1, 1)
  [[nodiscard]] bool is_wanted(const cv::Mat& out, int count) const {
    if (out.type() != CV_32F || out.dims < 2 || out.size[0] != count) return false;
    for (int d = 2; d < out.dims; ++d) {
      if (out.size[d] != 1) return false;
    }
    return dimension_ == 0 || out.size[1] == dimension_;
  }

  void probe() {
    cv::Mat out;
    try {
      out = forward(input_of(1));
    } catch (const cv::Exception&) {
      refuse("cannot be run on pictures of " + std::to_string(options_.width) + "x" +
             std::to_string(options_.height) +
             " pixels; give the size that it was made for with --size");
    }
    if (!is_wanted(out, 1)) {
      refuse("gives " + shape_text(out) +
             " numbers for a picture, but wanted is 1xD; export a network that ends in embeddings");
    }
    dimension_ = out.size[1];
  }

  /// Many networks are exported for one picture at a time.
  void try_batches(int count) {
    tried_batches_ = true;
    try {
      batches_ = is_wanted(forward(input_of(count)), count);
    } catch (const cv::Exception&) {
      batches_ = false;
    }
    if (!batches_) load();  // a failed run leaves the network in a state of its own
  }

  network_options options_;
  cv::dnn::Net net_;
  int dimension_ = 0;
  bool tried_batches_ = false, batches_ = false;
};

}  // namespace

std::unique_ptr<image_network> make_image_network(const network_options& o) {
  return std::make_unique<dnn_network>(o);
}

}  // namespace kernels::examples

#else

namespace kernels::examples {

std::unique_ptr<image_network> make_image_network(const network_options&) {
  throw usage_error(
      "--model: this reid was built without OpenCV's dnn; install that and build again");
}

}  // namespace kernels::examples

#endif
