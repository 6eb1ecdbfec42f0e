# What the tests of programs share; sourced by them. It sets bin (from the argument BIN_DIR), here,
# data (KERNELS_TEST_DATA, default: ../shared/data beside the checkout), and work, an empty folder
# to run in, which is removed at the end. One line a case; closing_line says how many.
# shellcheck shell=bash
# shellcheck disable=SC2034  # used by the tests
set -u

name_of_test=$(basename "$0")
needs_programs() { # BIN_DIR PROGRAM…: ends with 2 unless they are there
  local folder=$1 program
  shift
  for program in "$@"; do
    [ -n "$folder" ] && [ -x "$folder/$program" ] && continue
    echo "usage: $name_of_test BIN_DIR (with the programs $* in it)" >&2
    exit 2
  done
  bin=$(cd "$folder" && pwd)
}

here=$(cd "$(dirname "$0")" && pwd)
data=${KERNELS_TEST_DATA:-$here/../../../shared/data}
[ -d "$data" ] && data=$(cd "$data" && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

passed=0 failed=0 skipped=0
out='' err='' code=0

ok() { passed=$((passed + 1)); echo "ok      $1"; }
bad() { failed=$((failed + 1)); echo "FAILED  $1: $2"; }
skip() { skipped=$((skipped + 1)); echo "skipped $1: $2"; }
verdict() { # NAME COMMAND…: ok if the command succeeds
  local name=$1
  shift
  if "$@"; then ok "$name"; else bad "$name" "not so: $* (last run: $out $err)"; fi
}
closing_line() { # fails if a case has
  echo "$passed ok, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}

lines() { if [ -s "$1" ]; then wc -l <"$1"; else echo 0; fi; }

# leaves out of .err how far a slow run has come (a line every five seconds); with --quiet such a
# line would be a mistake and stays
leave_out_progress() { # PROGRAM ARGUMENTS…: of the run
  [[ " $* " == *" --quiet "* ]] && return
  grep -Ev "^$1: [0-9]+(/[0-9]+)? (frames|images), [0-9.]+ (frames|images)/s(, .* left)?\$" \
    "$work/.err" >"$work/.left"
  mv "$work/.left" "$work/.err"
}
run_program() { # PROGRAM ARGUMENTS…: keeps what it says
  "$bin/$1" "${@:2}" >"$work/.out" 2>"$work/.err"
  code=$?
  leave_out_progress "$@"
  out=$(cat "$work/.out")
  err=$(cat "$work/.err")
}

# NAME CODE PATTERN PROGRAM ARGUMENTS…: must end with the code, say one line "program: …" that
# matches, and leave no file in refused/ (where the arguments may put output)
program_refuses() {
  local name=$1 wanted=$2 pattern=$3
  shift 3
  rm -rf refused
  run_program "$@"
  if [ "$code" -ne "$wanted" ]; then
    bad "$name" "exit code $code, wanted $wanted ($err)"
  elif [ "$(lines .err)" -ne 1 ] || [[ $err != "$1: "* ]]; then
    bad "$name" "wanted one line '$1: …' on stderr, got: $err"
  elif [ -n "$out" ]; then
    bad "$name" "printed on stdout: $out"
  elif ! [[ $err =~ $pattern ]]; then
    bad "$name" "the message does not match '$pattern': $err"
  elif [ -e refused ]; then
    bad "$name" "left behind: $(find refused | tr '\n' ' ')"
  else
    ok "$name"
  fi
}
