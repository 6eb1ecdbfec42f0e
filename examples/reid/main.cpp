// reid: who is it? Embeddings to names, by a gallery of known ones. reid --help says how.
#include "commands.hpp"

#include <common/arguments.hpp>
#include <common/run_main.hpp>

#include <kernels/core/error.hpp>

#include <CLI/CLI.hpp>

namespace {

constexpr const char* kAbout =
    "Who is it? Keeps a gallery of embeddings with names and finds the nearest by cosine\n"
    "similarity: the exact answer, whatever number format the first pass reads.\n";

constexpr const char* kExamples =
    "\nExamples:\n"
    "  reid embed --model osnet.onnx --images crops/ --output known.npy\n"
    "  reid enroll --gallery dogs.kgl --embeddings known.npy --labels names.txt\n"
    "  reid match --gallery dogs.kgl --queries new.npy --top 5 --threshold 0.85 --output m.csv\n"
    "  reid eval --gallery dogs.kgl --queries test.npy --labels truth.txt\n"
    "  reid compare fp32.npy fp16.npy --threshold 0.85\n"
    "  reid bench --gallery-size 100000 --dim 512\n"
    "\nEmbeddings are .npy files, one a row; labels are text, one name a line.\n"
    "reid COMMAND --help shows the options of a command.\n"
    "\nExit code: 0 all done, 1 something failed, 2 a mistake in what was asked or in a file,\n"
    "130 Ctrl-C.\n";

int parse_and_run(int argc, char** argv) {
  using namespace kernels::examples;
  CLI::App app(kAbout, "reid");
  app.get_formatter()->column_width(30);
  app.set_version_flag("--version", version_text("reid"));
  app.require_subcommand(1);
  action chosen;
  for (const auto add :
       {add_enroll, add_match, add_remove, add_info, add_eval, add_compare, add_bench, add_embed}) {
    add(app, chosen);
  }
  for (auto* command : app.get_subcommands({})) {
    command->footer(command->get_footer() + "\nreid --help shows examples and exit codes.\n");
  }
  app.footer(kExamples);  // here, because commands take on what the program has when they are added
  if (!parse_arguments(app, argc, argv)) return 0;
  return chosen();
}

}  // namespace

int main(int argc, char** argv) {
  using namespace kernels::examples;
  return run_main(
      "reid", [&] { return parse_and_run(argc, argv); },
      "use float16 files, or fewer rows at a time");
}
