#include "grouping.hpp"
