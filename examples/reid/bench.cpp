// reid bench: how fast is a search here, for every number format of the first pass?
#include "bench_data.hpp"
#include "commands.hpp"
#include "first_pass.hpp"

#include <common/machine.hpp>
#include <common/progress.hpp>
#include <common/stop.hpp>
#include <common/stopwatch.hpp>
#include <common/table.hpp>
#include <common/waiting.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace kernels::examples {
namespace {

constexpr std::array kPasses = {"fp32", "fp16", "bf16", "int8"};

struct options {
  std::int64_t rows = 100'000, dimension = 512;
  std::string batches = "1,4,8,16,32", data = "cone";
  int top = 10, threads = 0;
  double seconds = 0.5;
  std::uint64_t seed = 1;
  bool quiet = false;
};

/// A batch, searched again and again.
struct measurement {
  std::string pass;
  std::int64_t batch = 0;
  double milliseconds = 0, bytes = 0;
  std::int64_t median_survivors = 0, most_survivors = 0;
};

struct answer {
  std::vector<std::int64_t> ids;
  std::vector<float> scores;
  bool operator==(const answer& other) const {
    return ids == other.ids &&
           std::memcmp(scores.data(), other.scores.data(), scores.size() * sizeof(float)) == 0;
  }
};

measurement measure(const options& o, const search_gallery& ready, const bench_data& data,
                    std::int64_t batch, answer& found) {
  const auto queries = packed(data.queries.data(), {batch, o.dimension});
  search_statistics statistics;
  const auto size = static_cast<std::size_t>(batch * o.top);
  found = {std::vector<std::int64_t>(size), std::vector<float>(size)};
  const auto run = [&](search_statistics* wanted) {
    search_params params;
    params.k = o.top;
    params.statistics = wanted;
    search(on_cpu{.threads = o.threads}, ready, queries, packed(found.ids.data(), {batch, o.top}),
           packed(found.scores.data(), {batch, o.top}), params);
  };
  run(&statistics);  // also fetches everything into memory
  constexpr std::size_t kFewest = 3;
  std::vector<double> times;
  for (const stopwatch whole; times.size() < kFewest || whole.seconds() < o.seconds;) {
    throw_if_stopped();
    const stopwatch one;
    run(nullptr);
    times.push_back(1e3 * one.seconds());
  }
  std::ranges::sort(times);
  std::ranges::sort(statistics.survivors);
  measurement m;
  m.batch = batch;
  m.milliseconds = times[times.size() / 2];
  m.bytes = static_cast<double>(ready.first_pass_bytes());
  m.median_survivors = statistics.survivors[statistics.survivors.size() / 2];
  m.most_survivors = statistics.survivors.back();
  return m;
}

std::string table_of(const std::vector<measurement>& all) {
  std::vector<std::vector<std::string>> rows = {
      {"first pass", "batch", "ms a batch", "queries/s", "GB/s", "survivors", "at most"}, {}};
  std::string pass;
  for (const auto& m : all) {
    if (!pass.empty() && m.pass != pass) rows.emplace_back();
    pass = m.pass;
    const double seconds = m.milliseconds / 1e3;
    rows.push_back({m.pass, std::to_string(m.batch),
                    number_text(m.milliseconds, m.milliseconds < 100 ? 3 : 1),
                    number_text(static_cast<double>(m.batch) / seconds, 0),
                    number_text(m.bytes / seconds / 1e9, 1), std::to_string(m.median_survivors),
                    std::to_string(m.most_survivors)});
  }
  return table_text(rows);
}

void check(const options& o) {
  check_number("--gallery-size", static_cast<double>(o.rows), 1, 1e9);
  check_number("--dim", static_cast<double>(o.dimension), 1, 65536);
  check_number("--top", o.top, 1, 2048);
  check_number("--threads", o.threads, 0, 4096);
  check_number("--seconds", o.seconds, 0, 3600);
  if (o.top > o.rows) {
    refuse_option("--top", "at most --gallery-size", std::to_string(o.top));
  }
  constexpr double kBytesEach = 13;  // the rows, their float32 copy, a compact one, some room
  const double bytes = kBytesEach * static_cast<double>(o.rows) * static_cast<double>(o.dimension);
  const double memory = 0.9 * static_cast<double>(memory_bytes());
  if (bytes > memory) {
    throw usage_error("--gallery-size " + std::to_string(o.rows) + " takes " + bytes_text(bytes) +
                      ", more than there is (" + bytes_text(memory) + "); choose fewer rows");
  }
}

int bench(const options& o) {
  check(o);
  const auto batches = parse_list("--batch", o.batches, 1, 65536);
  const bool cone = one_of<bool>("--data", o.data, {{"cone", true}, {"random", false}});
  const int threads = o.threads == 0 ? cores() : o.threads;
  const auto most = *std::ranges::max_element(batches);
  const auto data = [&] {
    const waiting message("reid", "making " + std::to_string(o.rows) + " rows", o.quiet);
    return make_bench_data(o.rows, o.dimension, most, cone, o.seed, threads);
  }();
  progress bar("reid", "measurements", static_cast<std::int64_t>(kPasses.size() * batches.size()),
               o.quiet);
  std::vector<measurement> all;
  std::vector<answer> first(batches.size());
  std::string differs;
  for (const char* pass : kPasses) {
    const search_gallery ready(on_cpu{.threads = o.threads},
                               packed(data.gallery.data(), {o.rows, o.dimension}),
                               {.first_pass = first_pass_of(pass)});
    for (std::size_t b = 0; b < batches.size(); ++b) {
      answer found;
      all.push_back(measure(o, ready, data, batches[b], found));
      all.back().pass = pass;
      if (pass == kPasses[0]) first[b] = found;
      if (!(found == first[b])) differs = pass;
      bar.advance();
    }
  }
  bar.finish();
  const std::string text = std::to_string(o.rows) + " rows x " + std::to_string(o.dimension) +
                           " (" + o.data + "), exact top " + std::to_string(o.top) + ", " +
                           std::to_string(threads) + (threads == 1 ? " thread" : " threads") +
                           "; median time\n" + table_of(all);
  std::fputs(text.c_str(), stdout);
  if (!differs.empty()) throw failure("first pass " + differs + " gave another answer");
  std::fputs("ids and scores are the same for every first pass\n", stdout);
  return 0;
}

}  // namespace

void add_bench(CLI::App& app, action& chosen) {
  auto* command = app.add_subcommand("bench", "how fast is a search here?");
  const auto o = std::make_shared<options>();
  command->add_option("--gallery-size", o->rows, "rows (default 100000)")->type_name("N");
  command->add_option("--dim", o->dimension, "numbers a row (default 512)")->type_name("D");
  command->add_option("--batch", o->batches, "queries at a time (default 1,4,8,16,32)")
      ->type_name("LIST");
  command->add_option("--top", o->top, "rows to find (default 10)")->type_name("K");
  command->add_option("--data", o->data, "cone (default), as networks give, or random")
      ->type_name("NAME");
  command->add_option("--seconds", o->seconds, "for each line of the table (default 0.5)")
      ->type_name("S");
  command->add_option("--seed", o->seed, "of the data (default 1)")->type_name("N");
  command->add_option("--threads", o->threads, "CPU threads (default: all cores)")->type_name("N");
  command->add_flag("--quiet", o->quiet, "no progress");
  command->callback([o, &chosen] { chosen = [o] { return bench(*o); }; });
}

}  // namespace kernels::examples
