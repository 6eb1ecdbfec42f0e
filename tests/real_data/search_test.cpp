// search on CLIP's text embeddings: a narrow cone with near-duplicates.
#include "../npy16.hpp"
#include "../search_cases.hpp"
#include "data.hpp"

namespace {

using kernels::first_pass;
using kernels::metric;
using kernels::on_cpu;
using namespace search_cases;

rows read(std::initializer_list<const char*> names) {
  npy16::matrix m;
  for (const char* name : names) npy16::append(real_data::folder() / "embeddings" / name, m);
  return {m.columns, std::move(m.values)};
}

}  // namespace

TEST_CASE("search: on CLIP's embeddings all first passes give the bytes of the plain scan") {
  const rows gallery_rows = read({"lvis_v1_clip_a+cname.npy", "oid_clip_a+cname.npy"});
  const rows queries = read({"coco_clip_a+cname.npy"});
  REQUIRE(gallery_rows.count() == 1703);
  REQUIRE(queries.count() == 80);
  for (const metric what : kMetrics) {
    CAPTURE(static_cast<int>(what));
    const found expected = plain_scan(what, gallery_rows, queries, 50);
    CHECK(wrong_in_double(what, gallery_rows, queries, expected) == 0);
    for (const first_pass pass : kPasses) {
      CAPTURE(static_cast<int>(pass));
      const kernels::search_gallery gallery(on_cpu{2}, gallery_rows.view(), {what, pass});
      CHECK(run({1}, gallery, queries.view(), 50) == expected);
      found ten = run({2}, gallery, queries.view(), 10);
      CHECK(ten == expected.prefix(10));
      auto& survivors = ten.statistics.survivors;
      std::nth_element(survivors.begin(), survivors.begin() + 40, survivors.end());
      CHECK(survivors[40] <= 100);
    }
  }
}

TEST_CASE("search: near-duplicates of CLIP's embeddings find themselves first, in order") {
  const rows all = read({"oid_clip_a+cname.npy", "oid_clip_a+cname.npy"});
  for (const first_pass pass : kPasses) {
    const kernels::search_gallery gallery(on_cpu{1}, all.view(), {metric::cosine, pass});
    const found got = run({1}, gallery, all.view(), 5);
    CHECK(got == plain_scan(metric::cosine, all, all, 5));
  }
}
