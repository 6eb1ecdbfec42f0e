# Cases of the tests of reid, classify and cluster, on top of check.sh, to be sourced. Set `program`
# (its name) before a case.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/check.sh"

finish() {
  closing_line
  exit
}

run() { # ARGUMENTS…: runs the program, keeps what it says; how far a slow run has come is left out
  "$bin/$program" "$@" >"$work/.out" 2>"$work/.all"
  code=$?
  grep -Ev "^$program: ([0-9]+(/[0-9]+)? [a-z]+, [0-9.]+ [a-z]+/s(, .* left)?|[a-z]+ [0-9]+ [a-z]+, [0-9]+ s)\$" \
    "$work/.all" >"$work/.err"
  out=$(cat "$work/.out")
  err=$(cat "$work/.err")
}

says() { # NAME PATTERN…: each must match a line of what the program printed last
  local name=$1 pattern
  shift
  for pattern; do
    [ "$pattern" = "--" ] && continue
    if ! grep -q -e "$pattern" "$work/.out"; then
      bad "$name" "no '$pattern' in: $out"
      return
    fi
  done
  ok "$name"
}

# NAME FILE ARGUMENTS…: must end with 0, say nothing on stderr, write the file ("": none)
does() {
  local name=$1 file=$2
  shift 2
  [ -n "$file" ] && rm -f "$file"
  run "$@"
  if [ "$code" -ne 0 ]; then
    bad "$name" "exit code $code ($err)"
  elif [ -n "$err" ]; then
    bad "$name" "stderr: $err"
  elif [ -n "$file" ] && [ ! -e "$file" ]; then
    bad "$name" "no $file"
  else
    ok "$name"
  fi
}

# NAME CODE PATTERN ARGUMENTS…: must end with the code, say one line "program: …" that matches, and
# write nothing: not into refused/, and no temporary file
refuses() {
  local name=$1 wanted=$2 pattern=$3
  shift 3
  rm -rf refused
  mkdir refused
  run "$@"
  if [ "$code" -ne "$wanted" ]; then
    bad "$name" "exit code $code, wanted $wanted ($err)"
  elif [ "$(lines "$work/.err")" -ne 1 ] || [[ $err != "$program: "* ]]; then
    bad "$name" "wanted one line '$program: …' on stderr, got: $err"
  elif [ -n "$out" ]; then
    bad "$name" "printed on stdout: $out"
  elif ! [[ $err =~ $pattern ]]; then
    bad "$name" "the message does not match '$pattern': $err"
  elif [ -n "$(ls -A refused)" ] || [ -n "$(find . -name '*.tmp*' -o -name '*.saving' -o -name '*.lock')" ]; then
    bad "$name" "left behind: $(find refused . -name '*.tmp*' -o -name '*.saving' -o -name '*.lock' | tr '\n' ' ')"
  else
    ok "$name"
  fi
}
