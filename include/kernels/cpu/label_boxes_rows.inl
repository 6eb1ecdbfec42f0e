// One row of label_boxes, compiled once an instruction set: included inside a namespace that has
// label_changes(p, n), the columns i < n ≤ 64 with p[i] != p[i − 1], as bits.

/// Adds a row's pixels to histogram[slot · segments + segment]; the slot of a label is the label
/// itself or, if `slots` is not null, slots[label]; −1: not counted. Labels from `known` on are not
/// counted. Bit c − 1 of `cuts`: column c begins the next segment. Cost: one step for each run of
/// one label, one for each 64 columns.
template <class Label>
void label_row(const Label* row, std::int64_t width, const std::uint64_t* cuts,
               std::int64_t segments, const std::int32_t* slots, std::uint32_t known,
               std::int32_t* histogram, std::uint8_t* seen) {
  std::int64_t start = 0;
  std::int64_t segment = 0;
  const auto add = [&](std::int64_t end) {
    const auto label = static_cast<std::uint32_t>(row[start]);
    if (label >= known) return;
    const std::int64_t slot = slots == nullptr ? std::int64_t{label} : slots[label];
    if (slot < 0) return;
    histogram[slot * segments + segment] += static_cast<std::int32_t>(end - start);
    seen[slot] = 1;
  };
  for (std::int64_t column = 1; column < width; column += 64) {
    const std::uint64_t cut = cuts[(column - 1) / 64];
    std::uint64_t breaks =
        cut |
        label_changes(row + column, static_cast<int>(std::min<std::int64_t>(64, width - column)),
                      column >= 64);
    while (breaks != 0) {
      const int bit = std::countr_zero(breaks);
      add(column + bit);
      start = column + bit;
      segment += static_cast<std::int64_t>(cut >> bit & 1);
      breaks &= breaks - 1;
    }
  }
  add(width);
}
