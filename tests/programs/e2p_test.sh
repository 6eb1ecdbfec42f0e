#!/usr/bin/env bash
# Runs the programs e2p and panorama as a user would: e2p_test.sh BIN_DIR
# One line a case; exit code 1 if any failed. KERNELS_TEST_DATA names the folder of real panoramas
# (default: ../shared/data beside the checkout); cases that need it are skipped where it is missing.
set -u

if [ $# -ne 1 ] || [ ! -x "$1/e2p" ] || [ ! -x "$1/panorama" ]; then
  echo "usage: e2p_test.sh BIN_DIR (with the programs e2p and panorama in it)" >&2
  exit 2
fi
bin=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
data=${KERNELS_TEST_DATA:-$here/../../../shared/data}
[ -d "$data" ] && data=$(cd "$data" && pwd)
work=$(mktemp -d) || exit 1
full=$work/full_disk
# shellcheck disable=SC2317  # called by trap
clean_up() {
  mountpoint -q "$full" 2>/dev/null && umount "$full"
  rm -rf "$work"
}
trap clean_up EXIT
cd "$work" || exit 1

passed=0 failed=0 skipped=0
out='' err='' code=0

ok() { passed=$((passed + 1)); echo "ok      $1"; }
bad() { failed=$((failed + 1)); echo "FAILED  $1: $2"; }
skip() { skipped=$((skipped + 1)); echo "skipped $1: $2"; }
verdict() { # NAME COMMAND…: ok if the command succeeds
  local name=$1
  shift
  if "$@"; then ok "$name"; else bad "$name" "not so: $*"; fi
}

run() { # ARGUMENTS…: runs e2p, keeps what it says
  "$bin/e2p" "$@" >"$work/.out" 2>"$work/.err"
  code=$?
  out=$(cat "$work/.out")
  err=$(cat "$work/.err")
}

lines() { if [ -s "$1" ]; then wc -l <"$1"; else echo 0; fi; }
count() { find "$1" -type f -name "${2:-*}" 2>/dev/null | wc -l; }
same() { diff -rq "$@" >/dev/null 2>&1; }
# without the lines of cameras.json that name the inputs
views_of() { sed '/"inputs"/,$d' "$1/cameras.json"; }

png_size() { # FILE: prints WIDTHxHEIGHT from its header
  od -An -j16 -N8 -tu1 "$1" |
    awk '{ printf "%dx%d\n", (($1*256+$2)*256+$3)*256+$4, (($5*256+$6)*256+$7)*256+$8 }'
}

# NAME CODE PATTERN ARGUMENTS…: must end with the code, say one line "e2p: …" that matches, and
# leave no file in refused/ (where the arguments may put output)
refuses() {
  local name=$1 wanted=$2 pattern=$3
  shift 3
  rm -rf refused
  run "$@"
  if [ "$code" -ne "$wanted" ]; then
    bad "$name" "exit code $code, wanted $wanted ($err)"
  elif [ "$(lines .err)" -ne 1 ] || [[ $err != "e2p: "* ]]; then
    bad "$name" "wanted one line 'e2p: …' on stderr, got: $err"
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

# NAME FILES ARGUMENTS…: must end with 0, say nothing on stderr, write that many files to done/
does() {
  local name=$1 wanted=$2
  shift 2
  rm -rf "done"
  run "$@" --output "done"
  if [ "$code" -ne 0 ]; then
    bad "$name" "exit code $code ($err)"
  elif [ -n "$err" ]; then
    bad "$name" "stderr: $err"
  elif [ "$(count "done")" -ne "$wanted" ]; then
    bad "$name" "$(count "done") files, wanted $wanted"
  else
    ok "$name"
  fi
}

# --- inputs
small=(--size 64x48)
for file in room.png room.jpg room.webp; do
  "$bin/panorama" --output "$file" --width 256 || bad "panorama $file" "exit code $?"
done
verdict "panorama writes the size asked for" [ "$(png_size room.png)" = 256x128 ]
run room.png --output view --yaw 20 --size 90x70 --format png
cp view/room_v00.png not2to1.png
run room.png --output odd --yaw 0 --size 90x45 --format png
cp odd/room_v00.png half.png
for file in room.jpg room.png room.webp; do
  size=$(wc -c <"$file")
  head -c $((size * 2 / 3)) "$file" >"cut_$file"
  head -c $((size - 3)) "$file" >"cut_end_$file"
  head -c 20 "$file" >"cut_begin_$file"
done
cp room.png flipped.png
printf 'flip' | dd of=flipped.png bs=1 seek=3000 conv=notrunc status=none
echo "no picture" >text.jpg
echo "no video" >text.mp4
: >empty.png
{ # a PNG of 0x0 pixels, and one of 2147483647x1073741823
  echo iVBORw0KGgoAAAANSUhEUgAAAAAAAAAACAIAAACDLcuiAAAAAElFTkSuQmCC | base64 -d >zero.png
  echo iVBORw0KGgoAAAANSUhEUn////8/////CAIAAAA6E/5kAAAAAElFTkSuQmCC | base64 -d >absurd.png
}

# --- views that are asked for rightly
does "ring8 by default: eight views and cameras.json" 9 room.png
verdict "default size 1920x1080 in cameras.json" \
  [ "$(grep -c '"width":1920,"height":1080' done/cameras.json)" -eq 8 ]
verdict "default names" [ -s done/room_v00.jpg -a -s done/room_v07.jpg ]
verdict "no temporary files" [ "$(count "done" '.*')" -eq 0 ]
for word in "1 image" "8 views" "megapixels/s" decode sample encode total; do
  [[ $out == *"$word"* ]] || bad "closing table" "lacks '$word'"
done
verdict "closing table" [ -n "$out" ]
does "default again, png" 9 room.png --format png
verdict "png of 1920x1080" [ "$(png_size done/room_v03.png)" = 1920x1080 ]

does "ring:3@-20" 4 room.png --views ring:3@-20 "${small[@]}" --format png
verdict "its pitch in cameras.json" [ "$(grep -c '"pitch":-20' done/cameras.json)" -eq 3 ]
verdict "its yaw in cameras.json" grep -q '"yaw":240' done/cameras.json
mv "done" ring3
does "its cameras.json as a rig" 4 room.png --views ring3/cameras.json --format png
verdict "gives the same bytes" same ring3 "done"

does "cube" 7 room.png --views cube --format png
verdict "faces a quarter as wide as the panorama" [ "$(png_size done/room_v05.png)" = 64x64 ]
does "cube of a size" 7 room.png --views cube --size 20x20 --format png
verdict "has it" [ "$(png_size done/room_v00.png)" = 20x20 ]

echo '[{"yaw": 30, "fov": 60, "width": 40, "height": 30}, {"pitch": -90, "vfov": 50}]' >rig.json
does "RIG.json" 3 room.png --views rig.json --size 50x20 --format png
verdict "size from the rig" [ "$(png_size done/room_v00.png)" = 40x30 ]
verdict "size from --size" [ "$(png_size done/room_v01.png)" = 50x20 ]
mv "done" rig
does "cameras.json of a mixed rig" 3 room.png --views rig/cameras.json --format png
verdict "gives the same bytes again" same rig "done"

does "one view by --yaw" 2 room.png --yaw 120 "${small[@]}" --format png
mv "done" one
does "the same view of a ring" 4 room.png --views ring:3 "${small[@]}" --format png
verdict "has the same bytes" cmp -s one/room_v00.png done/room_v01.png
does "one view by --pitch and --roll" 2 room.png --pitch -35 --roll 10 --fov 60 "${small[@]}"
verdict "described" grep -q '"yaw":0.0,"pitch":-35.0,"roll":10.0' done/cameras.json
does "negative and fractional angles" 2 room.png --yaw -12.5 --pitch 90 "${small[@]}"

for format in jpg png webp; do
  does "--format $format" 9 room.png --format $format "${small[@]}"
  verdict "files end in .$format" [ "$(count "done" "room_v??.$format")" -eq 8 ]
  does "input room.$format" 9 room.$format "${small[@]}"
done
does "--quality 20" 9 room.png --quality 20 "${small[@]}"
mv "done" low
does "--quality 95" 9 room.png --quality 95 "${small[@]}"
verdict "larger files" [ "$(cat done/*.jpg | wc -c)" -gt "$(cat low/*.jpg | wc -c)" ]

does "nearest" 9 room.png --interpolation nearest "${small[@]}" --format png
mv "done" nearest
does "bilinear" 9 room.png --interpolation bilinear "${small[@]}" --format png
verdict "differ" eval '! cmp -s nearest/room_v00.png done/room_v00.png'
mv "done" bilinear
does "one thread" 9 room.png --threads 1 "${small[@]}" --format png
verdict "same bytes with one thread" same bilinear "done"
does "two threads" 9 room.png --threads 2 "${small[@]}" --format png
verdict "same bytes with two threads" same bilinear "done"
does "--backend cpu" 9 room.png --backend cpu "${small[@]}" --format png
verdict "same bytes on the CPU" same bilinear "done"

does "--quiet" 9 room.png --quiet "${small[@]}"
verdict "prints nothing" [ -z "$out$err" ]
does "--contact-sheet" 10 room.png --contact-sheet "${small[@]}"
verdict "named" [ -s done/room_sheet.jpg ]
does "a folder that does not exist yet, with parents" 0 room.png "${small[@]}" --output deep/er
