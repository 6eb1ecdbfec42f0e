#include "gallery_files.hpp"

#include <common/errors.hpp>

namespace kernels::examples {

void check_gallery(const std::filesystem::path& path) {
  std::error_code code;
  if (std::filesystem::is_regular_file(path, code)) return;
  throw usage_error("there is no gallery " + path.string() + "; reid enroll makes one");
}

gallery load_gallery(const std::filesystem::path& path, int threads) {
  check_gallery(path);
  try {
    return gallery::load(on_cpu{.threads = threads}, path);
  } catch (const out_of_memory&) {
    throw;
  } catch (const error& e) {
    throw usage_error(e.what());
  }
}

void save_gallery(const gallery& known, const std::filesystem::path& path) {
  try {
    known.save(path);
  } catch (const error& e) {
    throw output_failure(e.what());
  }
}

void refuse_empty(const gallery& known, const std::filesystem::path& path) {
  if (known.size() > 0) return;
  throw usage_error("the gallery " + path.string() + " is empty; add to it with reid enroll");
}

std::string count_text(std::int64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

}  // namespace kernels::examples
