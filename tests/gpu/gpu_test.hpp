// What GPU tests share: a stream and graph that clean up after themselves, and the exit code that
// makes ctest report a machine without a GPU as skipped.
#pragma once

#include <kernels/core/exec.hpp>

namespace gpu_test {

inline constexpr int kSkipped = 77;

class stream;

/// An executable CUDA graph.
class graph {
 public:
  explicit graph(cudaGraphExec_t executable) : executable_(executable) {}
  ~graph() { cudaGraphExecDestroy(executable_); }
  graph(const graph&) = delete;
  graph& operator=(const graph&) = delete;
  void launch(const stream& on) const;

 private:
  cudaGraphExec_t executable_;
};

class stream {
 public:
  stream() { kernels::check_cuda(cudaStreamCreate(&stream_), "cudaStreamCreate"); }
  ~stream() { cudaStreamDestroy(stream_); }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  [[nodiscard]] cudaStream_t get() const { return stream_; }
  void wait() const { kernels::check_cuda(cudaStreamSynchronize(stream_), "wait"); }

  template <class Work>
  [[nodiscard]] graph capture(const Work& work) const {
    kernels::check_cuda(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeGlobal), "capture");
    work();
    cudaGraph_t recorded = nullptr;
    kernels::check_cuda(cudaStreamEndCapture(stream_, &recorded), "capture");
    cudaGraphExec_t executable = nullptr;
    kernels::check_cuda(cudaGraphInstantiate(&executable, recorded, 0), "instantiate");
    cudaGraphDestroy(recorded);
    return graph(executable);
  }

 private:
  cudaStream_t stream_ = nullptr;
};

inline void graph::launch(const stream& on) const {
  kernels::check_cuda(cudaGraphLaunch(executable_, on.get()), "cudaGraphLaunch");
}

}  // namespace gpu_test
