// reid match: the gallery rows most similar to each query, as CSV.
#include "commands.hpp"
#include "first_pass.hpp"
#include "gallery_files.hpp"

#include <common/arguments.hpp>
#include <common/file.hpp>
#include <common/names.hpp>
#include <common/progress.hpp>
#include <common/stop.hpp>
#include <common/stopwatch.hpp>
#include <common/table.hpp>

#include <kernels/search.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <optional>

namespace kernels::examples {
namespace {

constexpr int kDefaultTop = 5;
constexpr int kMostTop = 2048;

struct options {
  std::string gallery, queries, output;
  std::string first_pass = "bf16";
  std::optional<int> top;
  std::optional<double> threshold;
  bool skip_bad_rows = false, quiet = false;
  int threads = 0;
};

/// What the run did, for the closing lines.
struct summary {
  std::int64_t lines = 0, matched = 0;
  double load = 0, prepare = 0, search = 0, total = 0;
};

std::string summary_text(const options& o, const embeddings& queries, const gallery_contents& known,
                         const summary& s) {
  const std::string header =
      std::to_string(s.matched) + " of " + count_text(queries.rows(), "query", "queries") +
      " matched, " + count_text(s.lines, "line", "lines") + " in " + o.output + " (" +
      std::to_string(known.ids.size()) + " rows of " +
      count_text(static_cast<std::int64_t>(known.labels.size()), "identity", "identities") +
      ", first pass " + o.first_pass + ")\n  " + queries.description() + "\n";
  std::vector<std::vector<std::string>> steps = {{"", "seconds", "queries/s"}, {}};
  const auto add = [&](const char* step, double seconds) {
    steps.push_back(
        {step, number_text(seconds, seconds < 0.1 ? 4 : 2),
         number_text(static_cast<double>(queries.rows()) / std::max(seconds, 1e-9), 0)});
  };
  add("load", s.load);
  add("prepare", s.prepare);
  add("search", s.search);
  steps.emplace_back();
  add("total", s.total);
  return header + table_text(steps);
}

void check(const options& o) {
  if (o.top) check_number("--top", *o.top, 1, kMostTop);
  if (o.threshold) check_number("--threshold", *o.threshold, -1, 1);
  check_number("--threads", o.threads, 0, 4096);
  if (o.output.empty()) return;
  check_outputs({{"--output", o.output}}, {{"--gallery", o.gallery}, {"--queries", o.queries}});
}

/// Lines of queries first … of the CSV; counts them.
void append_lines(std::string& csv, const gallery_contents& known, std::int64_t first,
                  const view<const std::int64_t, 2>& ids, const view<const float, 2>& scores,
                  summary& s) {
  for (std::int64_t q = 0; q < ids.extent[0]; ++q) {
    const std::int64_t* id = ids.data + q * ids.stride[0];
    const float* score = scores.data + q * scores.stride[0];
    for (std::int64_t k = 0; k < ids.extent[1] && id[k] >= 0; ++k) {
      const auto identity = known.identity[static_cast<std::size_t>(id[k])];
      csv += std::to_string(first + q) + "," + std::to_string(k + 1) + "," +
             csv_field(known.labels[static_cast<std::size_t>(identity)]) + "," +
             std::to_string(id[k]) + "," + score_text(score[k]) + "\n";
      ++s.lines;
      s.matched += k == 0 ? 1 : 0;
    }
  }
}

std::string find_all(const options& o, const search_gallery& ready, const gallery_contents& known,
                     const embeddings& queries, int top, summary& s) {
  constexpr std::int64_t kBatch = 1024;
  search_params params;
  params.k = top;
  if (o.threshold) params.threshold = static_cast<float>(*o.threshold);
  std::vector<std::int64_t> ids(static_cast<std::size_t>(kBatch * top));
  std::vector<float> scores(ids.size());
  std::string csv = "query,rank,label,index,score\n";
  progress bar("reid", "batches", (queries.rows() + kBatch - 1) / kBatch, o.quiet);
  for (std::int64_t first = 0; first < queries.rows(); first += kBatch) {
    throw_if_stopped();
    const std::int64_t count = std::min(kBatch, queries.rows() - first);
    auto batch = queries.view_of();
    batch.data += first * batch.stride[0];
    batch.extent[0] = count;
    const auto found = packed(ids.data(), {count, top});
    const auto similar = packed(scores.data(), {count, top});
    const stopwatch watch;
    search(on_cpu{.threads = o.threads}, ready, batch, found, similar, params);
    s.search += watch.seconds();
    append_lines(csv, known, first, found, similar, s);
    bar.advance();
  }
  return csv;
}

int match(const options& o) {
  check(o);
  const auto pass = first_pass_of(o.first_pass);
  const stopwatch whole;
  stopwatch lap;
  summary s;
  const auto queries =
      read_embeddings(o.queries, o.skip_bad_rows ? not_finite::skipped : not_finite::skippable);
  gallery_contents known;
  {
    const auto loaded = load_gallery(o.gallery, o.threads);
    refuse_empty(loaded, o.gallery);
    known = loaded.contents();
  }
  check_dimension(queries, o.queries, known.dimension, "the gallery " + o.gallery);
  const auto rows = static_cast<std::int64_t>(known.ids.size());
  if (o.top && *o.top > rows) {
    refuse_option("--top", "at most the " + count_text(rows, "row", "rows") + " of the gallery",
                  std::to_string(*o.top));
  }
  s.load = lap.lap();
  const search_gallery ready(on_cpu{.threads = o.threads},
                             packed(std::as_const(known.rows).data(), {rows, known.dimension}),
                             {.first_pass = pass});
  s.prepare = lap.lap();
  const int top = static_cast<int>(std::min<std::int64_t>(o.top.value_or(kDefaultTop), rows));
  const auto csv = find_all(o, ready, known, queries, top, s);
  if (o.output.empty()) {
    std::fputs(csv.c_str(), stdout);
    return 0;
  }
  write_file(o.output, csv);
  s.total = whole.seconds();
  if (!o.quiet) std::fputs(summary_text(o, queries, known, s).c_str(), stdout);
  return 0;
}

}  // namespace

void add_match(CLI::App& app, action& chosen) {
  auto* command = app.add_subcommand("match", "the most similar rows of a gallery, as CSV");
  const auto o = std::make_shared<options>();
  command->add_option("--gallery", o->gallery, "made by reid enroll")
      ->required()
      ->type_name("G.kgl");
  command->add_option("--queries", o->queries, "who is it? one a row")
      ->required()
      ->type_name("Q.npy");
  command->add_option("--top", o->top, "rows for each query (default 5, or all if fewer)")
      ->type_name("K");
  command->add_option("--threshold", o->threshold, "least similarity (default: none)")
      ->type_name("T");
  command
      ->add_option("--first-pass", o->first_pass,
                   "what is read of all rows: fp32, fp16, bf16 (default) or int8; all give the\n"
                   "same answer")
      ->type_name("TYPE");
  command
      ->add_option("-o,--output", o->output,
                   "query,rank,label,index,score, a line a match (default: to the screen)")
      ->type_name("M.csv");
  command->add_flag("--skip-bad-rows", o->skip_bad_rows,
                    "queries with NaN or infinities match nothing");
  command->add_option("--threads", o->threads, "CPU threads (default: all cores)")->type_name("N");
  command->add_flag("--quiet", o->quiet, "say nothing unless something is wrong");
  command->callback([o, &chosen] { chosen = [o] { return match(*o); }; });
}

}  // namespace kernels::examples
