// CUDA pieces of the GPU benchmarks: a stream, events and graphs that clean up after themselves,
// and what is worth saying about the device.
#pragma once

#include "harness.hpp"

#include <kernels/core/exec.hpp>

#include <cuda_runtime.h>

#include <functional>
#include <string>

namespace bench {

class gpu_stream {
 public:
  gpu_stream() { kernels::check_cuda(cudaStreamCreate(&stream_), "cudaStreamCreate"); }
  ~gpu_stream() { cudaStreamDestroy(stream_); }
  gpu_stream(const gpu_stream&) = delete;
  gpu_stream& operator=(const gpu_stream&) = delete;
  [[nodiscard]] cudaStream_t get() const { return stream_; }
  void wait() const {
    kernels::check_cuda(cudaStreamSynchronize(stream_), "cudaStreamSynchronize");
  }

 private:
  cudaStream_t stream_ = nullptr;
};

/// Seconds between two points of a stream.
class gpu_timer {
 public:
  gpu_timer() {
    kernels::check_cuda(cudaEventCreate(&begin_), "cudaEventCreate");
    kernels::check_cuda(cudaEventCreate(&end_), "cudaEventCreate");
  }
  ~gpu_timer() {
    cudaEventDestroy(begin_);
    cudaEventDestroy(end_);
  }
  gpu_timer(const gpu_timer&) = delete;
  gpu_timer& operator=(const gpu_timer&) = delete;

  /// Queues `work` on the stream, waits for it, and says how long the device took.
  double time(const gpu_stream& stream, const std::function<void()>& work) const {
    kernels::check_cuda(cudaEventRecord(begin_, stream.get()), "cudaEventRecord");
    work();
    kernels::check_cuda(cudaEventRecord(end_, stream.get()), "cudaEventRecord");
    kernels::check_cuda(cudaEventSynchronize(end_), "cudaEventSynchronize");
    kernels::check_cuda(cudaGetLastError(), "kernel");
    float milliseconds = 0;
    kernels::check_cuda(cudaEventElapsedTime(&milliseconds, begin_, end_), "cudaEventElapsedTime");
    return 1e-3 * static_cast<double>(milliseconds);
  }

 private:
  cudaEvent_t begin_ = nullptr;
  cudaEvent_t end_ = nullptr;
};

/// Registers a case: an iteration is what `work` queues on the stream, by the device's clock. The
/// stream and the timer must outlive the run.
inline void add(const std::string& name, const gpu_stream& stream, const gpu_timer& timer,
                const std::function<void()>& work) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [&stream, &timer, work](benchmark::State& state) {
                                 try {
                                   timer.time(stream, work);
                                   for ([[maybe_unused]] auto _ : state) {
                                     state.SetIterationTime(timer.time(stream, work));
                                   }
                                 } catch (const kernels::error& e) {
                                   state.SkipWithError(e.what());
                                 }
                               })
      ->UseManualTime()
      ->Unit(benchmark::kMicrosecond);
}

/// What `work` queues on the stream, recorded once.
class gpu_graph {
 public:
  gpu_graph(const gpu_stream& stream, const std::function<void()>& work) : stream_(stream) {
    kernels::check_cuda(cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeThreadLocal),
                        "cudaStreamBeginCapture");
    try {
      work();
    } catch (...) {
      cudaGraph_t broken = nullptr;
      cudaStreamEndCapture(stream.get(), &broken);
      if (broken != nullptr) cudaGraphDestroy(broken);
      cudaGetLastError();
      throw;
    }
    cudaGraph_t recorded = nullptr;
    kernels::check_cuda(cudaStreamEndCapture(stream.get(), &recorded), "cudaStreamEndCapture");
    const cudaError_t made = cudaGraphInstantiate(&executable_, recorded, 0);
    cudaGraphDestroy(recorded);
    kernels::check_cuda(made, "cudaGraphInstantiate");
  }
  ~gpu_graph() { cudaGraphExecDestroy(executable_); }
  gpu_graph(const gpu_graph&) = delete;
  gpu_graph& operator=(const gpu_graph&) = delete;
  void launch() const {
    kernels::check_cuda(cudaGraphLaunch(executable_, stream_.get()), "cudaGraphLaunch");
  }

 private:
  const gpu_stream& stream_;
  cudaGraphExec_t executable_ = nullptr;
};

/// Adds name, driver, runtime, L2 and memory of the current device.
inline void add_gpu_facts(machine_facts& facts) {
  cudaDeviceProp device{};
  kernels::check_cuda(cudaGetDeviceProperties(&device, 0), "cudaGetDeviceProperties");
  int driver = 0;
  int runtime = 0;
  kernels::check_cuda(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
  kernels::check_cuda(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
  const auto version = [](int v) {
    return std::to_string(v / 1000) + "." + std::to_string(v / 10 % 100);
  };
  facts.add("GPU",
            std::string(device.name) + ", compute capability " + std::to_string(device.major) +
                "." + std::to_string(device.minor) + ", " +
                std::to_string(device.multiProcessorCount) + " multiprocessors, " +
                fixed(static_cast<double>(device.l2CacheSize) / 1048576.0, 0) + " MiB of L2, " +
                fixed(static_cast<double>(device.totalGlobalMem) / 1073741824.0, 0) + " GiB");
  facts.add("CUDA", "runtime " + version(runtime) + ", driver for " + version(driver));
}

}  // namespace bench
