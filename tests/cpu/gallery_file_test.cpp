// Gallery files: what is saved comes back, what is wrong is refused with what is wrong, whatever
// the bytes are, and a process that is killed while it saves loses nothing that was complete.
#include "../gallery_model.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

namespace {

namespace fs = std::filesystem;
using gallery_model::as_view;
using gallery_model::vector;
using kernels::gallery;
using kernels::on_cpu;
using bytes = std::vector<char>;

/// A folder that goes with the test; in memory if possible, where a thousand fsync take no time.
struct folder {
  fs::path path;
  folder() {
    const bool memory = ::access("/dev/shm", W_OK) == 0;
    std::string name =
        ((memory ? fs::path("/dev/shm") : fs::temp_directory_path()) / "gallery_file_XXXXXX")
            .string();
    path = ::mkdtemp(name.data()) == nullptr ? fs::path() : fs::path(name);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { fs::remove_all(path); }
};

bytes read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void write(const fs::path& path, const bytes& data) {
  std::ofstream(path, std::ios::binary | std::ios::trunc)
      .write(data.data(), static_cast<std::streamsize>(data.size()));
}

gallery some_gallery(int vectors, int dimension) {
  gallery g;
  std::mt19937 random(5);
  std::normal_distribution<float> normal;
  for (int k = 0; k < vectors; ++k) {
    vector v(static_cast<std::size_t>(dimension));
    for (float& x : v) x = normal(random);
    g.add("name " + std::to_string(k % 4), as_view(v));
  }
  g.remove(1);
  return g;
}

std::string refusal(const fs::path& path) {
  try {
    static_cast<void>(gallery::load(on_cpu{1}, path));
  } catch (const kernels::error& e) {
    return e.what();
  }
  return "accepted";
}
bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr std::size_t kHeader = 128;

void put64(bytes& data, std::size_t at, std::uint64_t value) {
  std::memcpy(data.data() + at, &value, sizeof value);
}
/// Checksums that fit again, as an attacker would make them.
void sign(bytes& data) {
  if (data.size() < kHeader) return;
  kernels::gallery_detail::checksum body, header;
  body.add(data.data() + kHeader, data.size() - kHeader);
  put64(data, 64, body.value());
  header.add(data.data(), 120);
  put64(data, 120, header.value());
}

/// Is it refused properly, or is what was loaded sound?
std::string try_bytes(const fs::path& path, const bytes& data, bool& loaded) {
  write(path, data);
  loaded = false;
  try {
    const gallery g = gallery::load(on_cpu{1}, path);
    loaded = true;
    const auto all = g.contents();
    for (const float x : all.rows) {
      if (!std::isfinite(x)) return "a row that is not finite";
    }
    if (g.size() == 0) return "";
    const vector query(static_cast<std::size_t>(g.dimension()), 0.5F);
    for (const auto rule : {kernels::gallery_rule::best_vector, kernels::gallery_rule::profile}) {
      if (!g.match(on_cpu{1}, as_view(query), {.rule = rule}).accepted()) return "no match";
    }
  } catch (const kernels::out_of_memory&) {
    return "memory ran out";
  } catch (const kernels::error& e) {
    std::string text = e.what();
    if (text.find('\n') != std::string::npos || !contains(text, path.string())) return text;
  } catch (const std::exception& e) {
    return std::string("another exception: ") + e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("gallery file: the checksum is XXH64") {
  const auto sum = [](const std::string& text, std::size_t piece) {
    kernels::gallery_detail::checksum c;
    for (std::size_t at = 0; at < text.size(); at += piece) {
      c.add(text.data() + at, std::min(piece, text.size() - at));
    }
    return c.value();
  };
  CHECK(sum("", 1) == 0xef46db3751d8e999);
  CHECK(sum("a", 1) == 0xd24ec4f1a98c6e5b);
  CHECK(sum("abc", 2) == 0x44bc2cf5ad770999);
  for (const std::size_t piece : {1, 5, 32, 33, 100}) {
    CHECK(sum("Nobody inspects the spammish repetition", piece) == 0xfbcea83c8a378bf1);
  }
}

TEST_CASE("gallery file: what is saved comes back, and can be changed and saved again") {
  const folder here;
  const auto path = here.path / "g.kgl";
  gallery().save(path);
  CHECK(gallery::load(path).size() == 0);
  CHECK(fs::file_size(path) == kHeader);

  const gallery saved = some_gallery(30, 7);
  saved.save(path);
  gallery loaded = gallery::load(path);
  const auto equal = [](const gallery& a, const gallery& b) {
    const auto x = a.contents(), y = b.contents();
    return x.dimension == y.dimension && x.rows == y.rows && x.ids == y.ids &&
           x.identity == y.identity && x.labels == y.labels && x.vectors == y.vectors &&
           a.next_id() == b.next_id();
  };
  CHECK(equal(saved, loaded));
  CHECK(loaded.profile("name 1") == saved.profile("name 1"));
  CHECK(!fs::exists(here.path / "g.kgl.saving"));
  CHECK(loaded.next_id() == 30);

  // changes reach the memory, not the file
  const bytes before = read(path);
  const vector other = {7, 6, 5, 4, 3, 2, 1};
  CHECK(loaded.replace(5, as_view(other)));
  CHECK(loaded.vector(5) == other);
  CHECK(read(path) == before);
  CHECK(loaded.add("new", as_view(other)) == 30);
  CHECK(loaded.vector(5) == other);
  loaded.save(path);  // over the file that it was loaded from
  CHECK(equal(loaded, gallery::load(path)));

  // removed identities are not in the file
  loaded.remove("name 0");
  loaded.save(path);
  CHECK(equal(loaded, gallery::load(path)));
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  loaded.save(path);
  CHECK((fs::status(path).permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("gallery file: what is wrong is said") {
  const folder here;
  const auto path = here.path / "g.kgl";
  some_gallery(12, 5).save(path);
  const bytes good = read(path);
  const auto refused = [&](const bytes& data, const std::string& part) {
    write(path, data);
    const std::string text = refusal(path);
    CAPTURE(text);
    CHECK(contains(text, part));
  };
  bytes bad = good;
  bad.resize(bad.size() - 1);
  refused(bad, "is cut off: " + std::to_string(good.size() - 1) + " bytes, " +
                   std::to_string(good.size()));
  bad.resize(100);
  refused(bad, "is cut off: 100 bytes, less than a header");
  refused({}, "is empty");
  refused(bytes(500, 'x'), "is not a gallery");
  bad = good;
  bad.push_back(0);
  refused(bad, "has bytes behind its end");
  bad = good;
  bad[8] = 2;
  refused(bad, "has version 2 of the format, which is newer");
  bad[8] = 0;
  refused(bad, "has version 0 of the format, which is older");
  bad = good;
  bad[33] ^= 1;
  refused(bad, "checksum of its header");
  bad = good;
  bad[kHeader + 40] ^= 1;
  refused(bad, "checksum of its contents");
  bad = good;
  put64(bad, 24, std::uint64_t{1} << 60);
  sign(bad);
  refused(bad, "its counts do not fit its size");
  bad = good;
  bad[kHeader + 3] = 0x7f;  // an infinity or a NaN
  bad[kHeader + 2] = static_cast<char>(0x80);
  sign(bad);
  refused(bad, "not finite");
  // labels alone, each of which would take memory for a profile of a million elements
  bad.assign(kHeader, 0);
  std::memcpy(bad.data(), good.data(), 16);
  constexpr std::uint64_t kPeople = 200000;
  put64(bad, 24, std::uint64_t{1} << 20);
  put64(bad, 40, kPeople);
  put64(bad, 56, 6 * kPeople);
  for (std::uint64_t k = 0; k < kPeople; ++k) bad.insert(bad.end(), {6, 0, 0, 0});
  for (std::uint64_t k = 0; k < kPeople; ++k) {
    const std::string label = std::to_string(100000 + k);
    bad.insert(bad.end(), label.begin(), label.end());
  }
  put64(bad, 16, bad.size());
  sign(bad);
  refused(bad, "more identities than rows");
  CHECK(contains(refusal(here.path / "none"), "cannot be opened"));
  CHECK(contains(refusal(here.path), "regular file"));
  CHECK_THROWS_WITH_AS(some_gallery(3, 2).save(here.path / "no" / "g.kgl"),
                       doctest::Contains("No such file"), kernels::error);
}

TEST_CASE("gallery file: every byte matters") {
  const folder here;
  const auto path = here.path / "g.kgl";
  some_gallery(6, 3).save(path);
  const bytes good = read(path);
  int accepted = 0;
  bool loaded = false;
  for (std::size_t k = 0; k < good.size(); ++k) {
    bytes bad = good;
    bad[k] = static_cast<char>(bad[k] ^ (1 << (k % 8)));
    CHECK(try_bytes(path, bad, loaded) == "");
    accepted += loaded;
    bad = good;
    bad.resize(k);
    CHECK(try_bytes(path, bad, loaded) == "");
    accepted += loaded;
  }
  CHECK(accepted == 0);
}

TEST_CASE("gallery file: hostile files with right checksums") {
  const folder here;
  const auto path = here.path / "g.kgl";
  some_gallery(8, 3).save(path);
  const bytes good = read(path);
  std::mt19937 random(99);
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  const std::uint64_t telling[] = {0,          1,          2,          3,          0x7fffffff,
                                   0x80000000, 0xffffffff, 1ULL << 32, 1ULL << 61, 1ULL << 62,
                                   1ULL << 63, ~0ULL,      ~0ULL / 4,  ~0ULL / 12};
  int accepted = 0;
  for (int round = 0; round < 6000; ++round) {
    bytes bad = good;
    const std::size_t changes = 1 + below(3);
    for (std::size_t c = 0; c < changes; ++c) {
      switch (below(5)) {
        case 0:  // a count of the header
          put64(bad, 16 + 8 * below(6), telling[below(std::size(telling))]);
          break;
        case 1:
          put64(bad, 16 + 8 * below(6), below(40));
          break;
        case 2:
          bad[below(bad.size())] = static_cast<char>(below(256));
          break;
        case 3:  // somewhere behind the rows
          bad[kHeader + 84 + below(bad.size() - kHeader - 84)] = static_cast<char>(below(10));
          break;
        default: {
          const std::size_t size = kHeader + below(300);
          bad.resize(std::max(size, kHeader + 100), 'x');
          if (below(2) == 0) put64(bad, 16, bad.size());
        }
      }
    }
    if (below(8) > 0) put64(bad, 16, bad.size());
    sign(bad);
    bool loaded = false;
    const std::string wrong = try_bytes(path, bad, loaded);
    if (!wrong.empty()) {
      CAPTURE(round);
      CHECK(wrong == "");
    }
    accepted += loaded;
  }
  CHECK(accepted > 100);  // another label or another number is as good a gallery
  CHECK(accepted < 5000);
}

TEST_CASE("gallery file: killed while saving, 50 times") {
  const folder here;
  const auto path = here.path / "g.kgl";
  some_gallery(200, 64).save(path);
  std::mt19937 random(3);
  std::int64_t last = gallery::load(on_cpu{1}, path).size();
  const std::int64_t first = last;
  for (int round = 0; round < 50; ++round) {
    int ends[2] = {};
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(ends[0]);
      gallery g = gallery::load(on_cpu{1}, path);
      for (;;) {
        g.add("more", as_view(vector(64, static_cast<float>(g.size()))));
        g.save(path);
        const std::int64_t done = g.size();
        if (::write(ends[1], &done, sizeof done) != sizeof done) ::_exit(1);
      }
    }
    ::close(ends[1]);
    std::int64_t done = 0;
    CHECK(::read(ends[0], &done, sizeof done) == sizeof done);  // it saves now
    ::usleep(std::uniform_int_distribution<useconds_t>(0, 4000)(random));
    ::kill(child, SIGKILL);
    int status = 0;
    CHECK(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    last = std::max(last, done);
    while (::read(ends[0], &done, sizeof done) == sizeof done) last = done;
    ::close(ends[0]);
    const gallery g = gallery::load(on_cpu{1}, path);
    CHECK((g.size() == last || g.size() == last + 1));  // the last one may not have been reported
    last = g.size();
    CHECK(g.contents().rows.back() == static_cast<float>(last - 1));
  }
  CHECK(last >= first + 50);
  gallery::load(on_cpu{1}, path).save(path);  // what the killed ones left is in nobody's way
  CHECK(!fs::exists(here.path / "g.kgl.saving"));
}
