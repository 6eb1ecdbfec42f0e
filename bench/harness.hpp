// What the benchmark programs share: one run of all registered cases with repetitions interleaved
// at random, their medians, and a report in Markdown that is also readable on a terminal.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bench {

/// Repetitions of one case, in seconds per iteration. `error` is set if the case failed.
struct timing {
  double median = 0, lowest = 0, highest = 0;
  int repetitions = 0;
  std::string error;
};

/// Timings by the name that the case was registered with.
using timings = std::map<std::string, timing>;

/// Command line of a benchmark program. What is not listed here goes to Google Benchmark.
struct options {
  bool quick = false;    ///< --quick: few repetitions
  bool longer = false;   ///< --long: also what takes minutes, in the programs that have it
  std::string markdown;  ///< --markdown FILE: the report, besides standard output
  std::string command;   ///< as it was typed, or --command=TEXT: what the report says
  std::vector<std::string> rest;
};
options parse(int argc, char** argv);

/// Registers a case: body is one iteration.
void add(const std::string& name, const std::function<void()>& body);

/// Runs every registered case. Repetitions of different cases take turns in random order, so that
/// a noisy minute hits all of them; `repetitions` and `seconds` (per repetition) may be overridden
/// on the command line by Google Benchmark's own flags.
timings run(const options& chosen, int repetitions, double seconds);

/// Rows of cells, printed as a Markdown table with aligned columns; the first column to the left,
/// all others to the right.
class table {
 public:
  explicit table(std::vector<std::string> header) : rows_{std::move(header)} {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.size() == 1; }
  [[nodiscard]] std::string text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

/// Facts about the machine and the build, each also put into the JSON output.
class machine_facts {
 public:
  machine_facts();  ///< processor, cores, compiler, date, load
  void add(const std::string& name, const std::string& value);
  [[nodiscard]] std::string text() const;  ///< as a Markdown list

 private:
  std::vector<std::pair<std::string, std::string>> facts_;
};

std::string fixed(double value, int digits);  ///< 3.142
std::string percent(double share);            ///< 0.25 → "25 %"
std::string spread(const timing& t);          ///< "−1 … +3 %", lowest and highest to the median
std::string times(double ratio);              ///< "2.31×"

/// Prints the report, and writes it to options.markdown if that was given. Returns the program's
/// exit code: 1 if a case failed (named on standard error) or the file could not be written.
int finish(const options& chosen, const timings& measured, const std::string& report);

}  // namespace bench
