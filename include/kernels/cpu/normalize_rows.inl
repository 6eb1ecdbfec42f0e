// A row to unit length, for one instruction set: `row_lanes` holds sixteen neighbouring elements as
// float32, `row_squares` their sixteen sums of squares. Included in each target region.

/// n elements, adjacent; out may be in.
template <class In, class Out>
row_state normalize_row(const In* in, Out* out, std::int64_t n) {
  const std::int64_t whole = n / math::kDotLanes * math::kDotLanes;
  const auto rest = static_cast<std::size_t>(n - whole);
  In last[math::kDotLanes] = {};  // zeros add nothing
  row_squares sums = row_squares::zero();
  for (std::int64_t i = 0; i < whole; i += math::kDotLanes) sums.add(row_lanes::load(in + i));
  if (rest != 0) {
    std::memcpy(last, in + whole, rest * sizeof(In));
    sums.add(row_lanes::load(last));
  }
  const double squares = sums.join();
  const row_state state = math::state_of(squares);
  if (state != row_state::ok) {
    std::fill_n(out, n, math::from_float32<Out>(math::no_direction(state)));
    return state;
  }
  const double inverse = math::inverse_norm(squares);
  for (std::int64_t i = 0; i < whole; i += math::kDotLanes) {
    row_lanes::load(in + i).scaled(inverse).store(out + i);
  }
  if (rest != 0) {
    Out unit[math::kDotLanes];
    row_lanes::load(last).scaled(inverse).store(unit);
    std::memcpy(out + whole, unit, rest * sizeof(Out));
  }
  return state;
}

/// n elements as float32, as they are; the state of the row.
template <class In>
row_state widen_row(const In* in, float* out, std::int64_t n) {
  const std::int64_t whole = n / math::kDotLanes * math::kDotLanes;
  const auto rest = static_cast<std::size_t>(n - whole);
  row_squares sums = row_squares::zero();
  for (std::int64_t i = 0; i < whole; i += math::kDotLanes) {
    const row_lanes x = row_lanes::load(in + i);
    sums.add(x);
    x.store(out + i);
  }
  if (rest != 0) {
    In last[math::kDotLanes] = {};
    float wide[math::kDotLanes];
    std::memcpy(last, in + whole, rest * sizeof(In));
    const row_lanes x = row_lanes::load(last);
    sums.add(x);
    x.store(wide);
    std::memcpy(out + whole, wide, rest * sizeof(float));
  }
  return math::state_of(sums.join());
}
