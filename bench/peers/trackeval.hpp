// The peer of mot_metrics: TrackEval, in Python, run by peers/trackeval_scores.py where a Python
// that has it can be found: KERNELS_BENCH_PYTHON, or python3.
#pragma once

#include <kernels/math/mot_metrics.hpp>
#include <kernels/math/track_box.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace bench {

struct mot_case {
  std::string name;
  std::vector<kernels::track_box> truth, tracks;
  std::int64_t frames = 0;
};

/// What TrackEval says of some sequences together.
struct trackeval_result {
  bool ran = false;
  double seconds = 0, reading = 0;
  std::string version;
  std::map<std::string, std::vector<double>> figures;  ///< "HOTA/DetA": 19 values
};

class trackeval {
 public:
  /// Hands the sequences over as text files, in a folder of its own that is removed again.
  static trackeval_result run(const std::vector<const mot_case*>& sequences,
                              const std::string& benchmark, int repetitions) {
    namespace fs = std::filesystem;
    const fs::path folder =
        fs::temp_directory_path() / ("kernels_trackeval_" + std::to_string(std::random_device{}()));
    fs::create_directories(folder / "truth");
    fs::create_directories(folder / "tracks");
    std::ofstream lengths(folder / "lengths.txt");
    for (const mot_case* c : sequences) {
      lengths << c->name << ' ' << c->frames << '\n';
      write(folder / "truth" / (c->name + ".txt"), c->truth);
      write(folder / "tracks" / (c->name + ".txt"), c->tracks);
    }
    lengths.close();
    const char* python = std::getenv("KERNELS_BENCH_PYTHON");
    const fs::path script = fs::path(__FILE__).parent_path() / "trackeval_scores.py";
    const std::string command = std::string("'") + (python != nullptr ? python : "python3") +
                                "' '" + script.string() + "' '" + folder.string() + "' " +
                                benchmark + " " + std::to_string(repetitions) + " 2>/dev/null";
    trackeval_result result;
    if (FILE* pipe = popen(command.c_str(), "r"); pipe != nullptr) {
      std::string text;
      char part[4096];
      for (std::size_t got = 0; (got = fread(part, 1, sizeof part, pipe)) > 0;) {
        text.append(part, got);
      }
      result.ran = pclose(pipe) == 0;
      if (result.ran) parse(text, result);
    }
    fs::remove_all(folder);
    return result;
  }

  /// The names of figures that are further than 1e-6 from TrackEval's.
  static std::string differing(const trackeval_result& peer, const kernels::mot_scores& s) {
    const auto number = [](std::int64_t n) { return std::vector<double>{static_cast<double>(n)}; };
    const auto list = [](const kernels::hota_array& a) {
      return std::vector<double>(a.begin(), a.end());
    };
    const std::map<std::string, std::vector<double>> ours = {
        {"HOTA/HOTA", list(s.hota.hota)},
        {"HOTA/DetA", list(s.hota.deta)},
        {"HOTA/AssA", list(s.hota.assa)},
        {"HOTA/AssRe", list(s.hota.assre)},
        {"HOTA/AssPr", list(s.hota.asspr)},
        {"HOTA/LocA", list(s.hota.loca)},
        {"HOTA/OWTA", list(s.hota.owta)},
        {"CLEAR/MOTA", {s.clear.mota}},
        {"CLEAR/MOTP", {s.clear.motp}},
        {"CLEAR/IDSW", number(s.clear.idsw)},
        {"CLEAR/Frag", number(s.clear.frag)},
        {"CLEAR/CLR_FP", number(s.clear.fp)},
        {"CLEAR/CLR_FN", number(s.clear.fn)},
        {"CLEAR/MT", number(s.clear.mt)},
        {"CLEAR/ML", number(s.clear.ml)},
        {"CLEAR/MOTAL", {s.clear.motal}},
        {"CLEAR/sMOTA", {s.clear.smota}},
        {"Identity/IDF1", {s.identity.idf1}},
        {"Identity/IDTP", number(s.identity.idtp)}};
    std::string names;
    for (const auto& [name, values] : ours) {
      const auto found = peer.figures.find(name);
      bool same = found != peer.figures.end() && found->second.size() == values.size();
      for (std::size_t k = 0; same && k < values.size(); ++k) {
        same = std::abs(values[k] - found->second[k]) <= 1e-6;
      }
      if (!same) names += " " + name;
    }
    return names;
  }

 private:
  static void write(const std::filesystem::path& path,
                    const std::vector<kernels::track_box>& rows) {
    std::ofstream file(path);
    file << std::setprecision(17);
    for (const auto& r : rows) {
      file << r.frame << ',' << r.id << ',' << r.box.left << ',' << r.box.top << ','
           << r.box.right - r.box.left << ',' << r.box.bottom - r.box.top << ',' << r.score << ','
           << r.class_id << ",-1\n";
    }
  }

  static void parse(const std::string& text, trackeval_result& result) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string name;
      words >> name;
      if (name == "version") {
        words >> result.version;
        continue;
      }
      auto& values = result.figures[name];
      for (double value = 0; words >> value;) values.push_back(value);
    }
    const auto first = [&](const char* name) {
      return result.figures[name].empty() ? 0.0 : result.figures[name][0];
    };
    result.seconds = first("seconds");
    result.reading = first("reading");
    result.ran = result.seconds > 0;
  }
};

}  // namespace bench
