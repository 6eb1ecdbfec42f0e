// decode_yolo on a GPU, through the front door.
#include <kernels/decode_yolo.hpp>

#include "../decode_yolo_cases.hpp"

#include <cstring>

namespace {

using decode_yolo_cases::answer;
using decode_yolo_cases::problem;
using kernels::memory;

template <class T>
struct mirror {
  std::vector<T>& host;
  kernels::buffer<T, memory::device> device;

  explicit mirror(std::vector<T>& values)
      : host(values), device(static_cast<std::int64_t>(values.size())) {
    kernels::copy(kernels::packed(std::as_const(values).data(), {device.size()}),
                  device.as({device.size()}));
  }
  void download() {
    kernels::copy(std::as_const(device).as({device.size()}),
                  kernels::packed(host.data(), {device.size()}));
    kernels::check_cuda(cudaDeviceSynchronize(), "download");
  }
};

answer run(const problem& given) {
  problem p = given;
  answer a(p);
  mirror head(p.head);
  mirror letterboxes(p.letterboxes);
  mirror boxes(a.boxes);
  mirror scores(a.scores);
  mirror classes(a.classes);
  mirror anchors(a.anchors);
  mirror counts(a.counts);
  auto in = decode_yolo_cases::arguments<kernels::space::device>(p, a);
  in.head.data = head.device.data();
  in.boxes.data = boxes.device.data();
  in.scores.data = scores.device.data();
  in.classes.data = classes.device.data();
  in.counts.data = counts.device.data();
  if (in.anchors.data != nullptr) in.anchors.data = anchors.device.data();
  if (in.letterboxes.data != nullptr) in.letterboxes.data = letterboxes.device.data();
  kernels::decode_yolo(kernels::on_gpu(), in, p.options);
  boxes.download();
  scores.download();
  classes.download();
  anchors.download();
  counts.download();
  return a;
}

}  // namespace

TEST_CASE("decode_yolo gpu: plain loops over classes and anchors") {
  decode_yolo_cases::equals_reference(run, 8400);
}

TEST_CASE("decode_yolo gpu: the bytes of the CPU") {
  problem p = decode_yolo_cases::make(3, 80, 8400, decode_yolo_cases::layout::rows, 5);
  p.letterboxes = {kernels::make_letterbox({1001, 777}, {640, 640})};
  answer a(p);
  kernels::decode_yolo(kernels::on_cpu(), decode_yolo_cases::arguments<kernels::space::host>(p, a),
                       p.options);
  const answer b = run(p);
  CHECK(std::memcmp(a.boxes.data(), b.boxes.data(), a.boxes.size() * sizeof a.boxes[0]) == 0);
  CHECK(a.scores == b.scores);
  CHECK(a.classes == b.classes);
  CHECK(a.counts == b.counts);
}
