// The harness of the benchmark programs: see harness.hpp.
#include "harness.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

namespace bench {
namespace {

/// Keeps the repetitions of each case. Google Benchmark renamed the field that tells a failure.
class collector : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context& /*context*/) override { return true; }

  void ReportRuns(const std::vector<Run>& runs) override {
    for (const auto& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      const std::string& name = run.run_name.function_name;
      if (failed(run)) {
        errors_[name] = message(run);
      } else {
        seconds_[name].push_back(run.GetAdjustedRealTime() /
                                 benchmark::GetTimeUnitMultiplier(run.time_unit));
      }
    }
  }

  [[nodiscard]] timings summary() {
    timings all;
    for (auto& [name, seconds] : seconds_) {
      std::sort(seconds.begin(), seconds.end());
      const std::size_t n = seconds.size();
      timing& t = all[name];
      t.median = 0.5 * (seconds[(n - 1) / 2] + seconds[n / 2]);
      t.lowest = seconds.front();
      t.highest = seconds.back();
      t.repetitions = static_cast<int>(n);
    }
    for (const auto& [name, error] : errors_) all[name].error = error;
    return all;
  }

 private:
  template <class R>
  static bool failed(const R& run) {
    if constexpr (requires { run.error_occurred; }) {
      return run.error_occurred;
    } else {
      return static_cast<int>(run.skipped) != 0;
    }
  }
  template <class R>
  static std::string message(const R& run) {
    if constexpr (requires { run.error_message; }) {
      return run.error_message;
    } else {
      return run.skip_message;
    }
  }

  std::map<std::string, std::vector<double>> seconds_;
  std::map<std::string, std::string> errors_;
};

/// Characters on a terminal: UTF-8 continuation bytes take no room.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string first_line_of(const char* path, const std::string& key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(key)) continue;
    const auto value = line.find_first_not_of(" \t:", key.size());
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

}  // namespace

options parse(int argc, char** argv) {
  options chosen;
  std::string stated;
  for (int k = 0; k < argc; ++k) {
    const std::string word = argv[k];
    if (k == 0) {
      chosen.command = word.substr(word.rfind('/') + 1);
      chosen.rest.push_back(word);
      continue;
    }
    chosen.command.append(" ").append(word);
    if (word == "--quick") {
      chosen.quick = true;
    } else if (word == "--long") {
      chosen.longer = true;
    } else if (word.starts_with("--command=")) {
      stated = word.substr(10);
    } else if (word.starts_with("--markdown=")) {
      chosen.markdown = word.substr(11);
    } else if (word == "--markdown" && k + 1 < argc) {
      chosen.markdown = argv[++k];
      chosen.command.append(" ").append(chosen.markdown);
    } else {
      chosen.rest.push_back(word);
    }
  }
  if (!stated.empty()) chosen.command = stated;
  return chosen;
}

void add(const std::string& name, const std::function<void()>& body) {
  benchmark::RegisterBenchmark(name.c_str(),
                               [body](benchmark::State& state) {
                                 for ([[maybe_unused]] auto _ : state) body();
                               })
      ->UseRealTime()
      ->Unit(benchmark::kMicrosecond);
}

timings run(const options& chosen, int repetitions, double seconds) {
  // ours first, so that the same flags on the command line win
  std::vector<std::string> words = {chosen.rest.at(0),
                                    "--benchmark_enable_random_interleaving=true",
                                    "--benchmark_repetitions=" + std::to_string(repetitions),
                                    "--benchmark_min_time=" + fixed(seconds, 3)};
  words.insert(words.end(), chosen.rest.begin() + 1, chosen.rest.end());
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int count = static_cast<int>(words.size());
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) std::exit(2);
  collector collected;
  benchmark::RunSpecifiedBenchmarks(&collected);
  benchmark::Shutdown();
  return collected.summary();
}

std::string table::text() const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    widths.resize(std::max(widths.size(), row.size()), 3);
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], width(row[c]));
  }
  std::string out;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    out += "|";
    for (std::size_t c = 0; c < widths.size(); ++c) {
      const std::string cell = c < rows_[r].size() ? rows_[r][c] : "";
      const std::string padding(widths[c] - width(cell), ' ');
      out.append(" ").append(c == 0 ? cell : padding).append(c == 0 ? padding : cell).append(" |");
    }
    out += "\n";
    if (r != 0) continue;
    out += "|";
    for (std::size_t c = 0; c < widths.size(); ++c) {
      out.append(" ").append(widths[c] - 1, '-').append(c == 0 ? "- |" : ": |");
    }
    out += "\n";
  }
  return out;
}

machine_facts::machine_facts() {
  const std::string model = first_line_of("/proc/cpuinfo", "model name");
  add("processor", (model.empty() ? "unknown" : model) + ", " +
                       std::to_string(std::thread::hardware_concurrency()) + " cores");
#if defined(__clang__)
  add("compiler", "clang++ " __clang_version__);
#else
  add("compiler", "g++ " __VERSION__);
#endif
  const std::time_t now = std::time(nullptr);
  char date[32] = "";
  std::strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", std::gmtime(&now));
  facts_.emplace_back("date", date);  // the JSON output has its own
  const std::string load = first_line_of("/proc/loadavg", "");
  add("load before the run", load.substr(0, load.find(' ')) + " (1-minute average)");
}

void machine_facts::add(const std::string& name, const std::string& value) {
  facts_.emplace_back(name, value);
  benchmark::AddCustomContext(name, value);
}

std::string machine_facts::text() const {
  std::string out;
  for (const auto& [name, value] : facts_) {
    out.append("- ").append(name).append(": ").append(value).append("\n");
  }
  return out;
}

std::string fixed(double value, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string percent(double share) { return fixed(100 * share, 0) + " %"; }

std::string spread(const timing& t) {
  return std::string("−")
      .append(fixed(100 * (1 - t.lowest / t.median), 0))
      .append(" … +")
      .append(fixed(100 * (t.highest / t.median - 1), 0))
      .append(" %");
}

std::string times(double ratio) { return fixed(ratio, 2) + "×"; }

int finish(const options& chosen, const timings& measured, const std::string& report) {
  std::cout << report << std::flush;
  int code = 0;
  if (!chosen.markdown.empty()) {
    std::ofstream file(chosen.markdown);
    file << report << std::flush;
    if (!file) {
      std::cerr << chosen.markdown << ": could not be written\n";
      code = 1;
    }
  }
  for (const auto& [name, t] : measured) {
    if (t.error.empty()) continue;
    std::cerr << name << ": " << t.error << "\n";
    code = 1;
  }
  return code;
}

}  // namespace bench
