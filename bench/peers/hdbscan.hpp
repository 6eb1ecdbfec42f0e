// The peer of hdbscan: the program of that name, in Python, run by peers/hdbscan_peer.py where a
// Python that has it can be found: KERNELS_BENCH_PYTHON, or python3.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace bench {

struct hdbscan_peer_result {
  bool ran = false;
  double seconds = 0, weights = 0;
  std::int64_t clusters = 0;
  std::string version;
};

/// Cosine, `size` points a cluster; the points are handed over in a file that is removed again.
inline hdbscan_peer_result run_hdbscan_peer(const std::vector<float>& points, std::int64_t columns,
                                            std::int64_t size, int repetitions) {
  namespace fs = std::filesystem;
  const fs::path file =
      fs::temp_directory_path() / ("kernels_hdbscan_" + std::to_string(std::random_device{}()));
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(points.data()),
             static_cast<std::streamsize>(points.size() * sizeof(float)));
  const char* python = std::getenv("KERNELS_BENCH_PYTHON");
  const fs::path script = fs::path(__FILE__).parent_path() / "hdbscan_peer.py";
  std::ostringstream command;
  command << "'" << (python != nullptr ? python : "python3") << "' '" << script.string() << "' '"
          << file.string() << "' " << static_cast<std::int64_t>(points.size()) / columns << ' '
          << columns << ' ' << size << ' ' << repetitions << " 2>/dev/null";
  hdbscan_peer_result result;
  if (FILE* pipe = popen(command.str().c_str(), "r"); pipe != nullptr) {
    char line[256];
    while (std::fgets(line, sizeof line, pipe) != nullptr) {
      std::istringstream words(line);
      std::string name;
      words >> name;
      if (name == "version") words >> result.version;
      if (name == "seconds") words >> result.seconds;
      if (name == "weights") words >> result.weights;
      if (name == "clusters") words >> result.clusters;
    }
    result.ran = pclose(pipe) == 0 && result.seconds > 0;
  }
  fs::remove(file);
  return result;
}

}  // namespace bench
