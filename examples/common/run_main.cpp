#include <common/errors.hpp>
#include <common/run_main.hpp>
#include <common/stop.hpp>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>

#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>

namespace kernels::examples {
namespace {

int say_nothing(int, const char*, const char*, const char*, int, void*) { return 0; }

void silence_libraries() {
  cv::redirectError(say_nothing);
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);  // AV_LOG_QUIET
}

}  // namespace

void print_message(std::string_view program, std::string_view message) {
  std::string line;
  line.append(program).append(": ");
  for (const char c : message) line += c == '\n' || c == '\r' ? ' ' : c;
  while (line.back() == ' ') line.pop_back();
  line += '\n';
  std::fputs(line.c_str(), stderr);
}

int run_main(std::string_view program, const std::function<int()>& body,
             std::string_view less_memory) {
  const auto out_of_memory = [&] { return "out of memory; " + std::string(less_memory); };
  try {
    silence_libraries();
    stop_at_signals();
    return body();
  } catch (const stopped&) {
    print_message(program, "stopped; every file that was written is complete");
    return 128 + stop_signal();
  } catch (const usage_error& e) {
    print_message(program, e.what());
    return 2;
  } catch (const std::bad_alloc&) {
    print_message(program, out_of_memory());
  } catch (const cv::Exception& e) {
    print_message(program, e.code == cv::Error::StsNoMem ? out_of_memory() : e.what());
  } catch (const std::exception& e) {
    print_message(program, e.what());
  }
  return 1;
}

}  // namespace kernels::examples
