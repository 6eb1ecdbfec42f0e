// Rows of floats one after the other, in memory of their own that grows, or in a file's private
// mapping until they grow.
#pragma once

#include <kernels/core/buffer.hpp>
#include <kernels/embedding/gallery_mapping.hpp>

#include <utility>

namespace kernels::inline KERNELS_ABI::gallery_detail {

/// `stride` elements a row. The owner counts the rows.
template <class T>
class rows_of {
 public:
  [[nodiscard]] std::int64_t stride() const { return stride_; }
  [[nodiscard]] T* row(std::int64_t r) { return data_ + r * stride_; }
  [[nodiscard]] const T* row(std::int64_t r) const { return data_ + r * stride_; }

  /// Only while there are no rows.
  void set_stride(std::int64_t stride) {
    stride_ = stride;
    capacity_ = stride > 0 ? owned_.size() / stride : 0;
  }

  /// Rows that lie in a mapped file: used there, and changed in this process's copies of its pages.
  void use(mapping&& file, std::int64_t offset, std::int64_t rows, std::int64_t stride) {
    mapped_ = std::move(file);
    data_ = reinterpret_cast<T*>(mapped_.data() + offset);
    stride_ = stride;
    capacity_ = rows;
  }

  /// Room for `rows` rows, of which `used` hold something: amortised, by half as much again.
  void reserve(std::int64_t rows, std::int64_t used) {
    if (rows <= capacity_) return;
    const std::int64_t wanted = std::max(rows, capacity_ + capacity_ / 2);
    buffer<T> larger(wanted * stride_);
    if (used > 0) {
      std::memcpy(larger.data(), data_, static_cast<std::size_t>(used * stride_) * sizeof(T));
    }
    owned_ = std::move(larger);
    mapped_ = {};
    data_ = owned_.data();
    capacity_ = wanted;
  }

  void move_row(std::int64_t from, std::int64_t to) {
    std::memcpy(row(to), row(from), static_cast<std::size_t>(stride_) * sizeof(T));
  }

 private:
  std::int64_t stride_ = 0, capacity_ = 0;
  T* data_ = nullptr;
  buffer<T> owned_;
  mapping mapped_;
};

}  // namespace kernels::inline KERNELS_ABI::gallery_detail
