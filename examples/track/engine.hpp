// The tracker that the user chose, for one camera or many.
#pragma once

#include "options.hpp"

#include <kernels/multi_tracker.hpp>

#include <memory>
#include <span>
#include <string>

namespace kernels::examples {

class engine {
 public:
  virtual ~engine() = default;
  /// The next frame of every camera; the answers are valid until the next call.
  virtual std::span<const track_update> update(std::span<const camera_frame> frames) = 0;
  /// Where it runs: "cpu"
  [[nodiscard]] virtual std::string description() const = 0;
};

/// Errors: usage_error if the GPU is asked for and there is none.
void check_backend(backend wanted);

/// fps: of the frames, unless the user said otherwise; 0 if unknown (30 then).
std::unique_ptr<engine> make_engine(const options& o, double fps, std::int64_t cameras);

}  // namespace kernels::examples
