// buffer: owns memory in host, pinned or device space; moves, never copies; keeps its capacity.
#pragma once

#include <kernels/core/exec.hpp>
#include <kernels/core/view.hpp>

#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

namespace kernels::inline KERNELS_ABI {

/// What kind of memory a buffer holds. Pinned memory is host memory that the GPU copies from and
/// to without an extra step; without CUDA, pinned and device buffers throw kernels::error.
enum class memory { host, pinned, device };

/// Uninitialised memory for elements of a trivial type T, aligned to 64 bytes (device: 256).
/// resize() keeps the capacity and does not keep the contents.
/// Errors: out_of_memory, and kernels::error for a size below 0 or over 2^61 bytes.
template <class T, memory Memory = memory::host>
class buffer {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  static constexpr space kSpace = Memory == memory::device ? space::device : space::host;

  buffer() = default;
  explicit buffer(std::int64_t size) { resize(size); }
  buffer(buffer&& other) noexcept { swap(other); }
  buffer& operator=(buffer&& other) noexcept {
    release();
    swap(other);
    return *this;
  }
  buffer(const buffer&) = delete;
  buffer& operator=(const buffer&) = delete;
  ~buffer() { release(); }

  void resize(std::int64_t size) {
    constexpr std::int64_t kMost = (std::int64_t{1} << 61) / static_cast<std::int64_t>(sizeof(T));
    if (size < 0 || size > kMost) {
      refuse("buffer", "size", "0 to 2^61 bytes", std::to_string(size) + " elements");
    }
    if (size > capacity_) {
      release();
      data_ = static_cast<T*>(allocate(static_cast<std::size_t>(size) * sizeof(T)));
      capacity_ = size;
    }
    size_ = size;
  }

  [[nodiscard]] T* data() { return data_; }
  [[nodiscard]] const T* data() const { return data_; }
  [[nodiscard]] std::int64_t size() const { return size_; }
  [[nodiscard]] std::int64_t bytes() const {
    return capacity_ * static_cast<std::int64_t>(sizeof(T));
  }

  /// Packed view of the whole buffer with the given extents, whose product must be at most size().
  template <std::size_t Rank>
  [[nodiscard]] view<T, static_cast<int>(Rank), kSpace> as(const std::int64_t (&extent)[Rank]) {
    check(std::to_array(extent));
    return packed<kSpace>(data_, extent);
  }
  template <std::size_t Rank>
  [[nodiscard]] view<const T, static_cast<int>(Rank), kSpace> as(
      const std::int64_t (&extent)[Rank]) const {
    check(std::to_array(extent));
    return packed<kSpace>(static_cast<const T*>(data_), extent);
  }

 private:
  static constexpr std::align_val_t kAlignment{64};

  template <std::size_t Rank>
  void check(const std::array<std::int64_t, Rank>& extent) const {
    if (checked_size<T>("buffer", "extents", extent) > size_) {
      refuse("buffer", "extents", "at most " + std::to_string(size_) + " elements",
             shape_text(extent));
    }
  }

  static void* allocate(std::size_t bytes) {
    if constexpr (Memory == memory::host) {
      try {
        return ::operator new(bytes, kAlignment);
      } catch (const std::bad_alloc&) {
        throw out_of_memory("buffer: out of host memory, wanted " + std::to_string(bytes) +
                            " bytes");
      }
    } else {
#if KERNELS_HAS_CUDA
      void* p = nullptr;
      const std::string what = "buffer of " + std::to_string(bytes) + " bytes";
      check_cuda(Memory == memory::device ? cudaMalloc(&p, bytes) : cudaMallocHost(&p, bytes),
                 what);
      return p;
#else
      refuse_without_cuda("buffer");
#endif
    }
  }

  void release() noexcept {
    if (data_ == nullptr) return;
    if constexpr (Memory == memory::host) {
      ::operator delete(data_, kAlignment);
    }
#if KERNELS_HAS_CUDA
    if constexpr (Memory == memory::device) cudaFree(data_);
    if constexpr (Memory == memory::pinned) cudaFreeHost(data_);
#endif
    data_ = nullptr;
    size_ = capacity_ = 0;
  }

  void swap(buffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  T* data_ = nullptr;
  std::int64_t size_ = 0;
  std::int64_t capacity_ = 0;
};

/// Copies a packed view to a packed view of the same shape, between any two spaces. Between host
/// and host it is done on return. With a GPU on either side it is queued on exec's stream; CUDA
/// itself waits for the copy if the host memory is not pinned.
/// Errors: kernels::error if the shapes differ, a view is not packed or a pointer is null;
/// cuda_error.
template <class T, class U, int Rank, space From, space To>
requires(std::is_same_v<std::remove_const_t<T>, U>) void copy(const view<T, Rank, From>& from,
                                                              const view<U, Rank, To>& to,
                                                              on_gpu exec = {}) {
  if (from.extent != to.extent) {
    refuse("copy", "to", "shape " + shape_text(from.extent), shape_text(to.extent));
  }
  const std::int64_t size = checked_size<U>("copy", "from", from.extent);
  if (size == 0) return;
  if (from.data == nullptr || to.data == nullptr) {
    refuse("copy", from.data == nullptr ? "from" : "to",
           "a pointer to " + shape_text(from.extent) + " elements", "null");
  }
  std::int64_t step = 1;
  for (int d = Rank - 1; d >= 0; --d) {
    if (from.extent[d] > 1 && (from.stride[d] != step || to.stride[d] != step)) {
      refuse("copy", "views", "packed arrays",
             "strides " + shape_text(from.stride) + " and " + shape_text(to.stride));
    }
    step *= from.extent[d];
  }
  const auto bytes = static_cast<std::size_t>(size) * sizeof(U);
  if constexpr (From == space::host && To == space::host) {
    std::memcpy(to.data, from.data, bytes);
    static_cast<void>(exec);
  } else {
#if KERNELS_HAS_CUDA
    check_cuda(cudaMemcpyAsync(to.data, from.data, bytes, cudaMemcpyDefault, exec.stream), "copy");
#else
    refuse_without_cuda("copy");
#endif
  }
}

}  // namespace kernels::inline KERNELS_ABI
