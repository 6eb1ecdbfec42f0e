// Cameras, rigs and the exact trigonometry beneath them, against the standard library and Eigen.
#include <kernels/camera.hpp>

#include <doctest/doctest.h>

#include <Eigen/Geometry>

#include <cmath>
#include <numbers>
#include <random>

namespace {

constexpr double kDegree = std::numbers::pi / 180;

double ulps(double value, long double exact) {
  const auto nearest = static_cast<double>(exact);
  const double ulp = std::nextafter(std::abs(nearest), INFINITY) - std::abs(nearest);
  return static_cast<double>(std::abs(static_cast<long double>(value) - exact)) / ulp;
}

std::string message_of(const kernels::perspective& p) {
  try {
    kernels::make_pinhole(p);
  } catch (const kernels::error& e) {
    return e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("sine and cosine of degrees: exact at quarter turns, within 1 ulp elsewhere") {
  for (int k = -9; k <= 9; ++k) {
    const auto [s, c] = kernels::math::sine_cosine_degrees(90.0 * k);
    const int quarter = ((k % 4) + 4) % 4;
    CHECK(s == (quarter == 1 ? 1.0 : quarter == 3 ? -1.0 : 0.0));
    CHECK(c == (quarter == 0 ? 1.0 : quarter == 2 ? -1.0 : 0.0));
  }
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> angle(-720, 720);
  double worst = 0;
  for (int k = 0; k < 200000; ++k) {
    const double degrees = angle(random);
    const auto [s, c] = kernels::math::sine_cosine_degrees(degrees);
    const long double radians = static_cast<long double>(std::remainder(degrees, 360.0)) *
                                std::numbers::pi_v<long double> / 180;
    // near a zero the rounding of π costs the reference itself too many digits
    if (std::abs(s) > 0.05) worst = std::max(worst, ulps(s, std::sin(radians)));
    if (std::abs(c) > 0.05) worst = std::max(worst, ulps(c, std::cos(radians)));
  }
  MESSAGE("largest error ", worst, " ulp");
  CHECK(worst < 1.0);
}

TEST_CASE("rotation: Ry(yaw)·Rx(pitch)·Rz(roll) as Eigen composes it") {
  std::mt19937_64 random(4);
  std::uniform_real_distribution<double> angle(-400, 400);
  for (int k = 0; k < 1000; ++k) {
    const double yaw = angle(random);
    const double pitch = angle(random);
    const double roll = angle(random);
    using Eigen::AngleAxisd, Eigen::Vector3d;
    const Eigen::Matrix3d expected = (AngleAxisd(yaw * kDegree, Vector3d::UnitY()) *
                                      AngleAxisd(pitch * kDegree, Vector3d::UnitX()) *
                                      AngleAxisd(roll * kDegree, Vector3d::UnitZ()))
                                         .toRotationMatrix();
    const auto r = kernels::rotation_from_degrees(yaw, pitch, roll);
    for (int i = 0; i < 9; ++i) {
      CHECK(std::abs(r[static_cast<std::size_t>(i)] - expected(i / 3, i % 3)) < 1e-13);
    }
  }
}

TEST_CASE("rotation: right, up and clockwise are positive") {
  const auto looks = [](double yaw, double pitch, double roll) {
    return kernels::direction(
        kernels::make_pinhole(
            {.width = 101, .height = 101, .yaw = yaw, .pitch = pitch, .roll = roll}),
        {50, 50});
  };
  CHECK(looks(90, 0, 0) == kernels::vector3{1, 0, 0});    // right is +X
  CHECK(looks(0, 90, 0) == kernels::vector3{0, -1, 0});   // up is −Y
  CHECK(looks(180, 0, 0) == kernels::vector3{0, 0, -1});  // behind
  const auto rolled = kernels::make_pinhole({.width = 101, .height = 101, .roll = 90});
  const auto right_edge = kernels::direction(rolled, {100, 50});
  CHECK(right_edge[1] > 0.5);  // the right edge dips: it looks down, +Y
}

TEST_CASE("pinhole: focal length, principal point, corners of the field of view") {
  const auto camera = kernels::make_pinhole({.width = 1920, .height = 1080, .hfov = 90});
  CHECK(std::abs(camera.fx - 960) < 1e-9);
  CHECK(camera.fy == camera.fx);
  CHECK(camera.cx == 960);
  CHECK(camera.cy == 540);
  const auto left = kernels::direction(camera, {-0.5, 539.5});  // left border of the first pixel
  CHECK(std::abs(std::atan2(left[0], left[2]) + 45 * kDegree) < 1e-12);
  const auto both = kernels::make_pinhole({.width = 640, .height = 640, .hfov = 90, .vfov = 60});
  CHECK(std::abs(both.fy - 320 / std::tan(30 * kDegree)) < 1e-9);
}

TEST_CASE("pinhole: direction and projection are inverse") {
  std::mt19937_64 random(5);
  std::uniform_real_distribution<double> unit(0, 1);
  for (int k = 0; k < 2000; ++k) {
    const auto camera = kernels::make_pinhole({.width = 300,
                                               .height = 200,
                                               .hfov = 5 + 165 * unit(random),
                                               .yaw = 720 * unit(random) - 360,
                                               .pitch = 180 * unit(random) - 90,
                                               .roll = 360 * unit(random)});
    const kernels::pixel p{300 * unit(random) - 0.5, 200 * unit(random) - 0.5};
    auto d = kernels::direction(camera, p);
    CHECK(std::abs(d[0] * d[0] + d[1] * d[1] + d[2] * d[2] - 1) < 1e-12);
    for (auto& c : d) c *= 7.5;  // any length
    const auto back = kernels::project(camera, d);
    REQUIRE(back.has_value());
    CHECK(std::abs(back->x - p.x) < 1e-9);
    CHECK(std::abs(back->y - p.y) < 1e-9);
    CHECK_FALSE(kernels::project(camera, {-d[0], -d[1], -d[2]}).has_value());
  }
  CHECK_FALSE(kernels::project(kernels::make_pinhole({}), {NAN, NAN, NAN}).has_value());
}

TEST_CASE("rigs: ring and cube") {
  const auto ring = kernels::ring(8, {.width = 64, .height = 48, .pitch = -20});
  REQUIRE(ring.size() == 8);
  const auto third = kernels::make_pinhole({.width = 64, .height = 48, .yaw = 90, .pitch = -20});
  CHECK(ring[2].rotation == third.rotation);
  const auto cube = kernels::cube(32);
  REQUIRE(cube.size() == 6);
  // every direction is seen by a face
  std::mt19937_64 random(6);
  std::normal_distribution<double> normal;
  for (int k = 0; k < 1000; ++k) {
    const kernels::vector3 d = {normal(random), normal(random), normal(random)};
    int seen = 0;
    for (const auto& face : cube) {
      const auto p = kernels::project(face, d);
      seen += p && p->x >= -0.5 && p->x <= 31.5 && p->y >= -0.5 && p->y <= 31.5;
    }
    CHECK(seen == 1);
  }
}

TEST_CASE("camera: refused parameters say which") {
  CHECK(message_of({.hfov = 0}).find("hfov") != std::string::npos);
  CHECK(message_of({.hfov = 180}).find("hfov") != std::string::npos);
  CHECK(message_of({.hfov = NAN}).find("hfov") != std::string::npos);
  CHECK(message_of({.vfov = -3}).find("vfov") != std::string::npos);
  CHECK(message_of({.yaw = NAN}).find("yaw") != std::string::npos);
  CHECK(message_of({.roll = INFINITY}).find("roll") != std::string::npos);
  CHECK(message_of({.width = 0}).find("size") != std::string::npos);
  CHECK(message_of({.width = std::int64_t{1} << 20}).find("size") != std::string::npos);
  CHECK_THROWS_AS(kernels::ring(0), kernels::error);
  const auto refused = [](auto change) {
    auto camera = kernels::make_pinhole({});
    change(camera);
    CHECK_THROWS_AS(kernels::check(camera), kernels::error);
  };
  refused([](auto& c) { c.fx = -1; });
  refused([](auto& c) { c.fy = NAN; });
  refused([](auto& c) { c.cx = INFINITY; });
  refused([](auto& c) { c.rotation[0] = 1.1; });
  refused([](auto& c) { c.rotation[0] = NAN; });
  refused([](auto& c) { c.rotation[8] = -1; });                         // a reflection
  refused([](auto& c) { c.rotation = {1, 0, 0, 0, -1, 0, 0, 0, 1}; });  // another
}
