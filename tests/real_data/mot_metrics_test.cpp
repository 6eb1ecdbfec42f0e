// mot_metrics against TrackEval's figures for published and reproduced tracks.
#include "data.hpp"

#include <kernels/mot_metrics.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

using namespace kernels;

namespace {

std::vector<track_box> rows_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  REQUIRE(file.good());
  std::vector<track_box> rows;
  for (std::string line; std::getline(file, line);) {
    std::ranges::replace(line, ',', ' ');
    std::istringstream numbers(line);
    track_box row;
    double left = 0, top = 0, width = 0, height = 0;
    numbers >> row.frame >> row.id >> left >> top >> width >> height >> row.score;
    row.box = {left, top, left + width, top + height};
    rows.push_back(row);
  }
  return rows;
}

std::string element(std::string name, std::size_t k) {
  return name.append("[").append(std::to_string(k)).append("]");
}

/// Every figure by TrackEval's name; arrays as name[k].
std::map<std::string, double> figures(const mot_scores& s) {
  std::map<std::string, double> f;
  const auto& c = s.clear;
  const auto& i = s.identity;
  const auto& h = s.hota;
  const auto put = [&](const char* group,
                       std::initializer_list<std::pair<const char*, double>> all) {
    for (const auto& [name, value] : all) f[std::string(group) + "/" + name] = value;
  };
  const auto number = [](std::int64_t n) { return static_cast<double>(n); };
  put("CLEAR", {{"MOTA", c.mota},
                {"MOTP", c.motp},
                {"MODA", c.moda},
                {"CLR_Re", c.recall},
                {"CLR_Pr", c.precision},
                {"MTR", c.mtr},
                {"PTR", c.ptr},
                {"MLR", c.mlr},
                {"sMOTA", c.smota},
                {"CLR_F1", c.f1},
                {"FP_per_frame", c.fp_per_frame},
                {"MOTAL", c.motal},
                {"MOTP_sum", c.motp_sum},
                {"CLR_TP", number(c.tp)},
                {"CLR_FN", number(c.fn)},
                {"CLR_FP", number(c.fp)},
                {"IDSW", number(c.idsw)},
                {"MT", number(c.mt)},
                {"PT", number(c.pt)},
                {"ML", number(c.ml)},
                {"Frag", number(c.frag)},
                {"CLR_Frames", number(c.frames)}});
  put("Identity", {{"IDF1", i.idf1},
                   {"IDR", i.idr},
                   {"IDP", i.idp},
                   {"IDTP", number(i.idtp)},
                   {"IDFN", number(i.idfn)},
                   {"IDFP", number(i.idfp)}});
  put("HOTA", {{"HOTA(0)", h.hota_0}, {"LocA(0)", h.loca_0}, {"HOTALocA(0)", h.hota_loca_0}});
  for (std::size_t a = 0; a < kHotaThresholds; ++a) {
    for (const auto& [name, value] : {std::pair{"HOTA", h.hota[a]},
                                      {"DetA", h.deta[a]},
                                      {"AssA", h.assa[a]},
                                      {"DetRe", h.detre[a]},
                                      {"DetPr", h.detpr[a]},
                                      {"AssRe", h.assre[a]},
                                      {"AssPr", h.asspr[a]},
                                      {"LocA", h.loca[a]},
                                      {"OWTA", h.owta[a]},
                                      {"HOTA_TP", number(h.tp[a])},
                                      {"HOTA_FN", number(h.fn[a])},
                                      {"HOTA_FP", number(h.fp[a])}}) {
      f[element(std::string("HOTA/").append(name), a)] = value;
    }
  }
  return f;
}

std::map<std::string, double> figures(const nlohmann::json& golden) {
  std::map<std::string, double> f;
  for (const auto& [group, values] : golden.items()) {
    for (const auto& [name, value] : values.items()) {
      std::string key = group;
      key.append("/").append(name);
      if (!value.is_array()) f[key] = value.get<double>();
      for (std::size_t k = 0; value.is_array() && k < value.size(); ++k) {
        f[element(key, k)] = value[k].get<double>();
      }
    }
  }
  return f;
}

/// The names of figures that are further than 1e-6 from the golden ones, or on one side only.
std::string differing(const std::map<std::string, double>& ours,
                      const std::map<std::string, double>& golden) {
  std::string names;
  for (const auto& [name, value] : golden) {
    const auto found = ours.find(name);
    if (found == ours.end() || !(std::abs(found->second - value) <= 1e-6)) names += name + " ";
  }
  return ours.size() == golden.size() ? names : names + "(other figures)";
}

}  // namespace

TEST_CASE("mot metrics: every figure of TrackEval, per sequence and combined") {
  const auto folder = real_data::folder() / "mot";
  std::ifstream file(folder / "golden/mot_metrics.json");
  REQUIRE(file.good());
  const auto golden = nlohmann::json::parse(file);
  const std::map<std::string, std::string> folders = {{"devkit_example", "devkit_example"},
                                                      {"sort_mot15_lap", "sort"},
                                                      {"bytetrack_mot15", "bytetrack"},
                                                      {"ocsort_mot15", "ocsort"}};
  REQUIRE(golden.size() == folders.size());
  for (const auto& pair : folders) {
    const std::string &name = pair.first, &tracks = pair.second;
    CAPTURE(name);
    std::vector<mot_scores> all;
    for (const std::string sequence : {"TUD-Campus", "TUD-Stadtmitte"}) {
      CAPTURE(sequence);
      all.push_back(mot_metrics(on_cpu(), rows_of(folder / "ground_truth" / (sequence + ".txt")),
                                rows_of(folder / "tracks" / tracks / (sequence + ".txt"))));
      const auto ours = figures(all.back());
      CHECK(ours.size() == 22 + 6 + 3 + 12 * 19);
      CHECK(differing(ours, figures(golden.at(name).at(sequence))) == "");
    }
    CHECK(differing(figures(combined_mot_scores(all)),
                    figures(golden.at(name).at("COMBINED_SEQ"))) == "");
  }
}
