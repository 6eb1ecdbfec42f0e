// One command at a time changes a gallery: what is read, changed and written is one step.
#pragma once

#include <filesystem>

namespace kernels::examples {

/// While it lives, whoever else wants to change the same gallery waits. gallery::save() alone keeps
/// the file whole; but of two that load, add and save at the same time, the first one's rows would
/// be lost. Readers need no lock. The lock is a file GALLERY.lock in the same folder (a gallery may
/// not be there yet, and its file is replaced by each save); it is removed at the end, and one that
/// a killed command left behind is used again.
class gallery_lock {
 public:
  /// Waits as long as it takes; says so on stderr after a while, unless quiet.
  /// Errors: output_failure if there can be no such file; stopped at Ctrl-C.
  gallery_lock(const std::filesystem::path& gallery, bool quiet);
  ~gallery_lock();
  gallery_lock(const gallery_lock&) = delete;
  gallery_lock& operator=(const gallery_lock&) = delete;

 private:
  /// False: the file that is locked has another name, or none, by now.
  [[nodiscard]] bool acquire(bool quiet);

  std::filesystem::path path_, gallery_;
  int file_ = -1;
};

}  // namespace kernels::examples
