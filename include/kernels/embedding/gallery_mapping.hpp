// Files as a gallery needs them (POSIX): a whole file mapped privately, and a file replaced in one
// step, so that whoever opens the name finds the old one or the new one, whole.
#pragma once

#include <kernels/core/error.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kernels::inline KERNELS_ABI::gallery_detail {

[[noreturn]] inline void refuse_file(const std::filesystem::path& path, const std::string& what) {
  throw error("gallery: " + path.string() + ": " + what);
}

/// Why the last call of the system failed.
inline std::string system_text() { return std::generic_category().message(errno); }

/// A file descriptor.
class descriptor {
 public:
  explicit descriptor(int number = -1) : number_(number) {}
  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

/// A whole file in memory. Writing to it changes this process's copy only.
class mapping {
 public:
  mapping() = default;
  mapping(mapping&& other) noexcept { swap(other); }
  mapping& operator=(mapping&& other) noexcept {
    mapping taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~mapping() {
    if (data_ != nullptr) ::munmap(data_, size_);
  }

  explicit mapping(const std::filesystem::path& path) {
    const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) refuse_file(path, "cannot be opened: " + system_text());
    struct stat facts = {};
    if (::fstat(file.get(), &facts) != 0) refuse_file(path, system_text());
    if (!S_ISREG(facts.st_mode)) refuse_file(path, "wanted a gallery file, given no regular file");
    if (facts.st_size == 0) return;
    const auto size = static_cast<std::size_t>(facts.st_size);
    void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file.get(), 0);
    if (data == MAP_FAILED) refuse_file(path, "cannot be mapped: " + system_text());
    data_ = static_cast<unsigned char*>(data);
    size_ = size;
  }

  [[nodiscard]] unsigned char* data() const { return data_; }
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(size_); }

 private:
  void swap(mapping& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
  }

  unsigned char* data_ = nullptr;
  std::size_t size_ = 0;
};

/// A file that takes its name when it is complete. Written to NAME.saving in the same folder, which
/// is locked: a second writer waits, and what a killed one left is used again.
class replacement {
 public:
  explicit replacement(std::filesystem::path path)
      : path_(std::move(path)), saving_(path_.string() + ".saving") {
    for (;;) {
      file_ = descriptor(
          ::open(saving_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666));
      if (file_.get() < 0) refuse_file(saving_, "cannot be written: " + system_text());
      while (::flock(file_.get(), LOCK_EX) != 0) {
        if (errno != EINTR) refuse_file(saving_, "cannot be locked: " + system_text());
      }
      struct stat mine = {}, named = {};
      if (::fstat(file_.get(), &mine) != 0) refuse_file(saving_, system_text());
      if (!S_ISREG(mine.st_mode)) refuse_file(saving_, "is no regular file");
      // whoever held the lock before may have given the file its name, or removed it
      if (::stat(saving_.c_str(), &named) == 0 && named.st_ino == mine.st_ino &&
          named.st_dev == mine.st_dev) {
        break;
      }
    }
    unfinished_ = true;
    if (::ftruncate(file_.get(), 0) != 0) fail();
    struct stat old = {};
    if (::stat(path_.c_str(), &old) == 0 && ::fchmod(file_.get(), old.st_mode & 07777U) != 0)
      fail();
  }
  replacement(const replacement&) = delete;
  replacement& operator=(const replacement&) = delete;
  ~replacement() {
    if (unfinished_) ::unlink(saving_.c_str());
  }

  void write(const void* data, std::size_t size, std::int64_t offset) {
    const auto* p = static_cast<const unsigned char*>(data);
    while (size > 0) {
      const ssize_t done = ::pwrite(file_.get(), p, std::min(size, kMost), offset);
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) fail();
      p += done;
      size -= static_cast<std::size_t>(done);
      offset += done;
    }
  }

  /// On return the file is on disk, under its name.
  void finish() {
    if (::fsync(file_.get()) != 0) fail();
    if (::rename(saving_.c_str(), path_.c_str()) != 0) fail();
    unfinished_ = false;
    const std::filesystem::path parent = path_.parent_path();
    const std::filesystem::path folder = parent.empty() ? std::filesystem::path(".") : parent;
    const descriptor entries(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (entries.get() < 0 || ::fsync(entries.get()) != 0) {
      refuse_file(path_, "is complete, but its folder cannot be synchronised: " + system_text());
    }
  }

 private:
  static constexpr std::size_t kMost = std::size_t{1} << 30;

  [[noreturn]] void fail() { refuse_file(path_, "cannot be saved: " + system_text()); }

  std::filesystem::path path_, saving_;
  descriptor file_;
  bool unfinished_ = false;
};

}  // namespace kernels::inline KERNELS_ABI::gallery_detail
