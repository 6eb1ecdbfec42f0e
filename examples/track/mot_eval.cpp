// mot-eval: HOTA, CLEAR-MOT and identity scores of tracks beside ground truth.
#include "mot_report.hpp"
#include "mot_sequences.hpp"

#include <common/errors.hpp>
#include <common/file.hpp>
#include <common/run_main.hpp>
#include <common/stopwatch.hpp>
#include <common/table.hpp>

#include <kernels/mot_metrics.hpp>

#include <CLI/CLI.hpp>

#include <cstdio>

namespace {

using namespace kernels::examples;

constexpr const char* kAbout =
    "How good are tracks? HOTA, CLEAR-MOT and identity scores beside ground truth, as TrackEval.\n";

constexpr const char* kExamples =
    "\nExamples:\n"
    "  mot-eval --gt gt/TUD-Campus.txt --tracks out/TUD-Campus.txt\n"
    "  mot-eval --gt MOT17/train --tracks out --benchmark mot17 --json scores.json\n"
    "\nFiles are MOT text: frame,id,left,top,width,height,score,class,visibility. In a folder of\n"
    "ground truth they are SEQ.txt or SEQ/gt/gt.txt (and SEQ/seqinfo.ini says how long it is).\n"
    "\nExit code: 0 all done, 1 something failed, 2 a mistake in what was asked or in a file.\n";

struct options {
  std::vector<std::string> truth, tracks;
  std::string benchmark = "mot15", json;
};

kernels::mot_benchmark benchmark_of(const std::string& name) {
  if (name == "mot15") return kernels::mot_benchmark::mot15;
  if (name == "mot16") return kernels::mot_benchmark::mot16;
  if (name == "mot17") return kernels::mot_benchmark::mot17;
  if (name == "mot20") return kernels::mot_benchmark::mot20;
  throw usage_error("--benchmark: wanted mot15, mot16, mot17 or mot20, given '" + name + "'");
}

kernels::mot_scores scores_of(const mot_pair_of_files& files, kernels::mot_benchmark benchmark,
                              double& seconds) {
  const auto truth = read_track_boxes(files.truth, benchmark);
  const auto tracks = read_track_boxes(files.tracks, benchmark);
  const stopwatch watch;
  try {
    const auto scores = kernels::mot_metrics(kernels::on_cpu(), truth, tracks,
                                             {.benchmark = benchmark, .frames = files.frames});
    seconds += watch.seconds();
    return scores;
  } catch (const kernels::error& e) {
    throw usage_error("truth " + files.truth.string() + ", tracks " + files.tracks.string() + ": " +
                      e.what());
  }
}

int run(const options& o) {
  const auto benchmark = benchmark_of(o.benchmark);
  const mot_files files = pair_mot_files(o.truth, o.tracks);
  for (const auto& path : files.left_out) {
    print_message("mot-eval", "no ground truth for " + path + ": left out");
  }
  const stopwatch watch;
  double scoring = 0;
  std::vector<named_scores> all;
  std::vector<kernels::mot_scores> plain;
  for (const auto& sequence : files.sequences) {
    plain.push_back(scores_of(sequence, benchmark, scoring));
    all.push_back({sequence.name, plain.back()});
  }
  const auto combined = kernels::combined_mot_scores(plain);
  if (!o.json.empty()) write_file(o.json, scores_json(all, combined));
  std::fputs(scores_table(all, combined).c_str(), stdout);
  const std::string text = std::to_string(combined.frames) + " frames, " +
                           std::to_string(combined.boxes) + " boxes beside " +
                           std::to_string(combined.true_boxes) + " true ones (" + o.benchmark +
                           "): " + number_text(1e3 * watch.seconds(), 1) +
                           " ms, of which scoring " + number_text(1e3 * scoring, 1) + " ms\n";
  std::fputs(text.c_str(), stdout);
  return 0;
}

int parse_and_run(int argc, char** argv) {
  CLI::App app(kAbout, "mot-eval");
  app.footer(kExamples);
  options o;
  app.add_option("--gt", o.truth, "ground truth: files, or a folder")->required()->type_name("GT");
  app.add_option("--tracks", o.tracks, "tracks: as many files in the same order, or a folder")
      ->required()
      ->type_name("T");
  app.add_option("--benchmark", o.benchmark,
                 "whose rules: mot15 (default: every box counts), mot16, mot17, mot20 (tracks on "
                 "distractors do not count)")
      ->type_name("NAME");
  app.add_option("--json", o.json, "also write every figure, by TrackEval's names")
      ->type_name("FILE");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    app.exit(help);
    return 0;
  } catch (const CLI::ParseError& e) {
    throw usage_error(std::string(e.what()) + "; mot-eval --help shows what there is");
  }
  return run(o);
}

}  // namespace

int main(int argc, char** argv) {
  return run_main("mot-eval", [&] { return parse_and_run(argc, argv); });
}
