// The peer of dbscan and linkage: scikit-learn, in Python, run by peers/scikit_clusters.py where a
// Python that has it can be found: KERNELS_BENCH_PYTHON, or python3.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace bench {

struct scikit_result {
  bool ran = false;
  double seconds = 0;
  std::string version;
  std::vector<std::int32_t> labels;
};

/// `method`: its name and what it takes, as scikit_clusters.py has it. The points are handed over
/// in a folder that is removed again.
inline scikit_result run_scikit(const std::vector<float>& points, std::int64_t columns,
                                const std::string& method, int threads, int repetitions) {
  namespace fs = std::filesystem;
  const fs::path folder =
      fs::temp_directory_path() / ("kernels_scikit_" + std::to_string(std::random_device{}()));
  fs::create_directories(folder);
  std::ofstream(folder / "points", std::ios::binary)
      .write(reinterpret_cast<const char*>(points.data()),
             static_cast<std::streamsize>(points.size() * sizeof(float)));
  const char* python = std::getenv("KERNELS_BENCH_PYTHON");
  const fs::path script = fs::path(__FILE__).parent_path() / "scikit_clusters.py";
  const auto rows = static_cast<std::int64_t>(points.size()) / columns;
  std::ostringstream command;
  command << "'" << (python != nullptr ? python : "python3") << "' '" << script.string() << "' '"
          << (folder / "points").string() << "' " << rows << ' ' << columns << " '"
          << (folder / "labels").string() << "' " << threads << ' ' << repetitions << ' ' << method
          << " 2>/dev/null";
  scikit_result result;
  if (FILE* pipe = popen(command.str().c_str(), "r"); pipe != nullptr) {
    char line[256];
    while (std::fgets(line, sizeof line, pipe) != nullptr) {
      std::istringstream words(line);
      std::string name;
      words >> name;
      if (name == "version") words >> result.version;
      if (name == "seconds") words >> result.seconds;
    }
    result.ran = pclose(pipe) == 0 && result.seconds > 0;
  }
  result.labels.resize(static_cast<std::size_t>(rows), -2);
  std::ifstream(folder / "labels", std::ios::binary)
      .read(reinterpret_cast<char*>(result.labels.data()),
            static_cast<std::streamsize>(result.labels.size() * sizeof(std::int32_t)));
  fs::remove_all(folder);
  return result;
}

/// The share of points that two clusterings do not place alike, whatever the numbers of clusters.
inline double placed_otherwise(const std::vector<std::int32_t>& a,
                               const std::vector<std::int32_t>& b) {
  std::map<std::pair<std::int32_t, std::int32_t>, std::size_t> both;
  for (std::size_t k = 0; k < a.size(); ++k) ++both[{a[k], b[k]}];
  std::map<std::int32_t, std::size_t> most;  // of each cluster of a, in one of b
  for (const auto& [pair, count] : both) {
    if ((pair.first < 0) == (pair.second < 0)) {
      most[pair.first] = std::max(most[pair.first], count);
    }
  }
  std::size_t alike = 0;
  for (const auto& [cluster, count] : most) alike += count;
  return 1 - static_cast<double>(alike) / static_cast<double>(std::max<std::size_t>(a.size(), 1));
}

}  // namespace bench
