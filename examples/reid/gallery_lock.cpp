#include "gallery_lock.hpp"

#include <common/errors.hpp>
#include <common/stop.hpp>
#include <common/waiting.hpp>

#include <cerrno>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kernels::examples {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail(const fs::path& path, const char* what, int code) {
  throw output_failure("cannot " + std::string(what) + " " + path.string() + ": " +
                       std::generic_category().message(code) +
                       "; choose a --gallery in a folder that you may write to");
}

}  // namespace

gallery_lock::gallery_lock(const fs::path& gallery, bool quiet)
    : path_(gallery.string() + ".lock"), gallery_(gallery) {
  try {
    while (!acquire(quiet)) {
      ::close(file_);
      file_ = -1;
    }
  } catch (...) {
    if (file_ >= 0) ::close(file_);
    throw;
  }
}

bool gallery_lock::acquire(bool quiet) {
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (file_ < 0) fail(path_, "write", errno);
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) fail(path_, "lock", errno);
    const waiting message("reid", "waiting for another command that changes " + gallery_.string(),
                          quiet);
    while (::flock(file_, LOCK_EX) != 0) {
      if (errno != EINTR) fail(path_, "lock", errno);
      throw_if_stopped();
    }
  }
  // whoever held it before has removed the file
  struct stat mine {};
  struct stat named {};
  if (::fstat(file_, &mine) != 0) fail(path_, "lock", errno);
  return ::stat(path_.c_str(), &named) == 0 && named.st_ino == mine.st_ino &&
         named.st_dev == mine.st_dev;
}

gallery_lock::~gallery_lock() {
  ::unlink(path_.c_str());  // while it is still locked, so that nobody removes another one's
  ::close(file_);
}

}  // namespace kernels::examples
