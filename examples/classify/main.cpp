// classify: embeddings to the classes whose vectors they are most like. classify --help says how.
#include <common/arguments.hpp>
#include <common/embeddings.hpp>
#include <common/file.hpp>
#include <common/names.hpp>
#include <common/progress.hpp>
#include <common/run_main.hpp>
#include <common/stop.hpp>
#include <common/stopwatch.hpp>
#include <common/table.hpp>

#include <kernels/classify.hpp>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <optional>

namespace {

using namespace kernels::examples;

constexpr int kDefaultTop = 3;

constexpr const char* kAbout =
    "Zero-shot categories: each embedding to the classes whose vectors it is most like by cosine\n"
    "similarity, with the probabilities of a softmax over all classes.\n";

constexpr const char* kExamples =
    "\nExample:\n"
    "  classify --embeddings photos.npy --classes words.npy --names words.txt --output c.csv\n"
    "\nThe output is row,rank,name,similarity,probability, rows from 0 and ranks from 1.\n"
    "\nExit code: 0 all done, 1 something failed, 2 a mistake in what was asked or in a file,\n"
    "130 Ctrl-C.\n";

struct options {
  std::string embeddings, classes, names, output;
  std::optional<int> top;
  double temperature = 0.01;
  bool skip_bad_rows = false, quiet = false;
  int threads = 0;
};

/// Rows of the CSV, and how often each class came first.
struct answers {
  std::string csv = "row,rank,name,similarity,probability\n";
  std::vector<std::int64_t> first;
};

answers classify_all(const options& o, const embeddings& rows, const embeddings& classes,
                     const std::vector<std::string>& names, std::int64_t top) {
  constexpr std::int64_t kBatch = 4096;
  answers all;
  all.first.resize(names.size());
  std::vector<std::int32_t> best(static_cast<std::size_t>(kBatch * top));
  std::vector<float> similar(best.size());
  std::vector<float> probable(best.size());
  progress bar("classify", "batches", (rows.rows() + kBatch - 1) / kBatch, o.quiet);
  for (std::int64_t from = 0; from < rows.rows(); from += kBatch) {
    throw_if_stopped();
    const auto count = std::min(kBatch, rows.rows() - from);
    auto batch = rows.view_of();
    batch.data += from * batch.stride[0];
    batch.extent[0] = count;
    const kernels::classify_outputs<> out = {kernels::packed(best.data(), {count, top}),
                                             kernels::packed(similar.data(), {count, top}),
                                             kernels::packed(probable.data(), {count, top})};
    kernels::classify<float>(kernels::on_cpu{.threads = o.threads}, batch, classes.view_of(), out,
                             {.temperature = static_cast<float>(o.temperature)});
    for (std::int64_t r = 0; r < count; ++r) {
      for (std::int64_t k = 0; k < top; ++k) {
        const auto at = static_cast<std::size_t>(r * top + k);
        if (best[at] < 0) break;
        const auto who = static_cast<std::size_t>(best[at]);
        all.first[who] += k == 0 ? 1 : 0;
        all.csv += std::to_string(from + r) + "," + std::to_string(k + 1) + "," +
                   csv_field(names[who]) + "," + score_text(similar[at]) + "," +
                   score_text(probable[at]) + "\n";
      }
    }
    bar.advance();
  }
  return all;
}

/// The classes that came first most often.
std::string summary(const answers& all, const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 10;
  std::vector<std::size_t> order(names.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](auto a, auto b) { return all.first[a] > all.first[b]; });
  std::vector<std::vector<std::string>> rows = {{"first", "rows"}, {}};
  for (std::size_t k = 0; k < std::min(order.size(), kShown); ++k) {
    if (all.first[order[k]] == 0) break;
    rows.push_back({names[order[k]], std::to_string(all.first[order[k]])});
  }
  return table_text(rows);
}

int run(const options& o) {
  if (o.top) check_number("--top", *o.top, 1, kernels::kClassifyMostTop);
  check_number("--temperature", o.temperature, 1e-6, 1e6);
  check_number("--threads", o.threads, 0, 4096);
  check_outputs({{"--output", o.output}},
                {{"--embeddings", o.embeddings}, {"--classes", o.classes}, {"--names", o.names}});
  const stopwatch watch;
  const auto rows =
      read_embeddings(o.embeddings, o.skip_bad_rows ? not_finite::skipped : not_finite::skippable);
  const auto classes = read_embeddings(o.classes);
  check_dimension(rows, o.embeddings, classes.dimension(), o.classes);
  const auto names = read_names(o.names);
  check_count(names, o.names, classes.rows(), o.classes);
  if (o.top && *o.top > classes.rows()) {
    refuse_option("--top", "at most the " + std::to_string(classes.rows()) + " classes",
                  std::to_string(*o.top));
  }
  const auto top = std::min<std::int64_t>(o.top.value_or(kDefaultTop), classes.rows());
  const auto all = classify_all(o, rows, classes, names, top);
  write_file(o.output, all.csv);
  if (o.quiet) return 0;
  const std::string text = std::to_string(rows.rows()) + (rows.rows() == 1 ? " row" : " rows") +
                           " to " + std::to_string(top) + " of " + std::to_string(classes.rows()) +
                           " classes in " + o.output + " (temperature " +
                           score_text(o.temperature) + "), " + number_text(watch.seconds(), 2) +
                           " s\n  rows    " + rows.description() + "\n  classes " +
                           classes.description() + "\n" + summary(all, names);
  std::fputs(text.c_str(), stdout);
  return 0;
}

int parse_and_run(int argc, char** argv) {
  CLI::App app(kAbout, "classify");
  app.footer(kExamples);
  app.get_formatter()->column_width(30);
  options o;
  app.add_option("--embeddings", o.embeddings, "what is it? one a row")
      ->required()
      ->type_name("X.npy");
  app.add_option("--classes", o.classes, "a vector a class, of the same model")
      ->required()
      ->type_name("C.npy");
  app.add_option("--names", o.names, "the classes' names, one a line")
      ->required()
      ->type_name("N.txt");
  app.add_option("-o,--output", o.output, "the best classes of each row")
      ->required()
      ->type_name("C.csv");
  app.add_option("--top", o.top, "classes for each row (default 3)")->type_name("K");
  app.add_option("--temperature", o.temperature,
                 "similarities are divided by it before the softmax (default 0.01, CLIP's)")
      ->type_name("T");
  app.add_flag("--skip-bad-rows", o.skip_bad_rows, "rows with NaN or infinities have no class");
  app.add_option("--threads", o.threads, "CPU threads (default: all cores)")->type_name("N");
  app.add_flag("--quiet", o.quiet, "say nothing unless something is wrong");
  app.set_version_flag("--version", version_text("classify"));
  return parse_arguments(app, argc, argv) ? run(o) : 0;
}

}  // namespace

int main(int argc, char** argv) {
  return run_main(
      "classify", [&] { return parse_and_run(argc, argv); }, "classify fewer rows at a time");
}
