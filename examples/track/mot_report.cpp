#include "mot_report.hpp"

#include <common/table.hpp>

#include <nlohmann/json.hpp>

namespace kernels::examples {
namespace {

using json = nlohmann::ordered_json;

std::vector<std::string> table_row(const std::string& name, const mot_scores& s) {
  const auto percent = [](double share) { return number_text(100 * share, 2); };
  const auto mean = [&](const hota_array& values) { return percent(mean_of(values)); };
  return {name,
          std::to_string(s.frames),
          mean(s.hota.hota),
          mean(s.hota.deta),
          mean(s.hota.assa),
          mean(s.hota.loca),
          percent(s.clear.mota),
          percent(s.clear.motp),
          percent(s.identity.idf1),
          std::to_string(s.clear.fp),
          std::to_string(s.clear.fn),
          std::to_string(s.clear.idsw),
          std::to_string(s.clear.frag),
          std::to_string(s.clear.mt),
          std::to_string(s.clear.ml)};
}

json hota_json(const hota_metrics& h) {
  return {{"HOTA", h.hota},      {"DetA", h.deta},      {"AssA", h.assa},
          {"DetRe", h.detre},    {"DetPr", h.detpr},    {"AssRe", h.assre},
          {"AssPr", h.asspr},    {"LocA", h.loca},      {"OWTA", h.owta},
          {"HOTA_TP", h.tp},     {"HOTA_FN", h.fn},     {"HOTA_FP", h.fp},
          {"HOTA(0)", h.hota_0}, {"LocA(0)", h.loca_0}, {"HOTALocA(0)", h.hota_loca_0}};
}

json clear_json(const clear_metrics& c) {
  return {{"MOTA", c.mota},
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
          {"CLR_TP", c.tp},
          {"CLR_FN", c.fn},
          {"CLR_FP", c.fp},
          {"IDSW", c.idsw},
          {"MT", c.mt},
          {"PT", c.pt},
          {"ML", c.ml},
          {"Frag", c.frag},
          {"CLR_Frames", c.frames}};
}

json scores_json(const mot_scores& s) {
  return {{"HOTA", hota_json(s.hota)},
          {"CLEAR", clear_json(s.clear)},
          {"Identity",
           {{"IDF1", s.identity.idf1},
            {"IDR", s.identity.idr},
            {"IDP", s.identity.idp},
            {"IDTP", s.identity.idtp},
            {"IDFN", s.identity.idfn},
            {"IDFP", s.identity.idfp}}},
          {"Count",
           {{"Dets", s.boxes},
            {"GT_Dets", s.true_boxes},
            {"IDs", s.ids},
            {"GT_IDs", s.true_ids},
            {"Frames", s.frames}}}};
}

}  // namespace

std::string scores_table(const std::vector<named_scores>& sequences, const mot_scores& combined) {
  std::vector<std::vector<std::string>> rows = {
      {"", "frames", "HOTA", "DetA", "AssA", "LocA", "MOTA", "MOTP", "IDF1", "FP", "FN", "IDSW",
       "Frag", "MT", "ML"},
      {}};
  for (const auto& sequence : sequences) rows.push_back(table_row(sequence.name, sequence.scores));
  rows.emplace_back();
  rows.push_back(table_row("COMBINED", combined));
  return table_text(rows);
}

std::string scores_json(const std::vector<named_scores>& sequences, const mot_scores& combined) {
  json all;
  for (const auto& sequence : sequences) all[sequence.name] = scores_json(sequence.scores);
  all["COMBINED_SEQ"] = scores_json(combined);
  return all.dump(1) + "\n";
}

}  // namespace kernels::examples
