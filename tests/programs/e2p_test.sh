#!/usr/bin/env bash
# Runs the programs e2p and panorama as a user would: e2p_test.sh BIN_DIR
# One line a case; exit code 1 if any failed. KERNELS_TEST_DATA names the folder of real panoramas
# (default: ../shared/data beside the checkout); cases that need it are skipped where it is missing.
# shellcheck source=tests/programs/check.sh
source "$(dirname "$0")/check.sh"
needs_programs "${1:-}" e2p panorama
full=$work/full_disk
# shellcheck disable=SC2317  # called by trap
clean_up() {
  mountpoint -q "$full" 2>/dev/null && umount "$full"
  rm -rf "$work"
}
trap clean_up EXIT
cd "$work" || exit 1

run() { run_program e2p "$@"; }
refuses() { program_refuses "${@:1:3}" e2p "${@:4}"; } # NAME CODE PATTERN ARGUMENTS…
count() { find "$1" -type f -name "${2:-*}" 2>/dev/null | wc -l; }
same() { diff -rq "$@" >/dev/null 2>&1; }

png_size() { # FILE: prints WIDTHxHEIGHT from its header
  od -An -j16 -N8 -tu1 "$1" |
    awk '{ printf "%dx%d\n", (($1*256+$2)*256+$3)*256+$4, (($5*256+$6)*256+$7)*256+$8 }'
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
# headers of PNGs of 0x0, 2147483647x1073741823 and 900000x450000 pixels
base64 -d <<<iVBORw0KGgoAAAANSUhEUgAAAAAAAAAACAIAAAC06etFAAAAAElFTkSuQmCC >zero.png
base64 -d <<<iVBORw0KGgoAAAANSUhEUn////8/////CAIAAABFOZ82AAAAAElFTkSuQmCC >absurd.png
base64 -d <<<iVBORw0KGgoAAAANSUhEUgANu6AABt3QCAIAAADh8W6QAAAAAElFTkSuQmCC >huge.png

# --- views that are asked for rightly
does "ring8 by default: eight views and cameras.json" 9 room.png
verdict "default size 1920x1080 in cameras.json" \
  [ "$(grep -c '"width":1920,"height":1080' done/cameras.json)" -eq 8 ]
verdict "default names" [ -s done/room_v00.jpg -a -s done/room_v07.jpg ]
verdict "no temporary files" [ "$(count "done" '.*')" -eq 0 ]
for word in "1 image" "8 views" "megapixels/s" decode sample encode total; do
  verdict "closing table: $word" [ "${out/"$word"/}" != "$out" ]
done
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
run room.png "${small[@]}" --output deep/er/
verdict "a folder that does not exist yet, nor its parent" [ "$(count deep/er)" -eq 9 ]
run room.png "${small[@]}" --output deep/er
verdict "writing over the views of an earlier run" [ "$code $(count deep/er)" = "0 9" ]

mkdir photos
for k in 1 2 10; do cp room.png photos/p$k.png; done
echo "a note" >photos/readme.txt
does "a folder of images" 25 photos "${small[@]}"
verdict "in natural order" [ "$(grep -o '"file":"[^"]*"' done/cameras.json | tr -d '\n')" = \
  '"file":"p1.png""file":"p2.png""file":"p10.png"' ]

does "not 2:1 with --allow-partial" 9 not2to1.png --allow-partial "${small[@]}"

# --- one bad file among good ones
cp cut_room.jpg photos/p3.jpg
cp not2to1.png photos/p4.png
rm -rf "done"
run photos --output "done" "${small[@]}"
verdict "a folder with bad files: exit code 1" [ "$code" -eq 1 ]
verdict "the rest is done" [ "$(count "done")" -eq 25 ]
verdict "nothing of the bad ones" [ "$(count "done" 'p[34]*')" -eq 0 ]
verdict "a line for each bad one" \
  [ "$(grep -c '^e2p: .*photos/p3.jpg\|^e2p: .*photos/p4.png' .err) $(lines .err)" = "2 2" ]
verdict "counted in the table" grep -q '2 inputs failed' .out
rm -rf "done"
run photos --output "done" "${small[@]}" --quiet
verdict "with --quiet they are still said" [ "$code $(lines .err) $out" = "1 2 " ]
mkdir all_bad
cp cut_room.jpg all_bad/a.jpg
cp text.jpg all_bad/b.jpg
rm -rf "done"
run all_bad --output "done" "${small[@]}"
verdict "nothing but bad files: exit code 1, no folder" [ "$code $(count "done")" = "1 0" -a ! -e "done" ]

# --- mistakes: exit code 2
to=(--output refused)
refuses "missing file" 2 "no_such.jpg.*check" no_such.jpg "${to[@]}"
refuses "missing file among others" 2 "no_such.jpg" room.png no_such.jpg "${to[@]}"
refuses "no input" 2 "INPUT" "${to[@]}"
refuses "no --output" 2 "--output" room.png
refuses "empty --output" 2 "--output" room.png --output ""
refuses "empty input" 2 "e2p:" "" "${to[@]}"
refuses "unknown flag" 2 "--sharpen" room.png "${to[@]}" --sharpen
refuses "flag without its value" 2 "--fov" room.png "${to[@]}" --fov
refuses "flag given twice" 2 "--fov" room.png "${to[@]}" --fov 80 --fov 90
refuses "not 2:1" 2 "not2to1.png.*90x70.*--allow-partial" not2to1.png "${to[@]}"
for fov in 0 180 -5 nan inf 1e999 wide ""; do
  refuses "--fov '$fov'" 2 "--fov" room.png "${to[@]}" --fov "$fov"
done
for angle in yaw pitch roll; do
  for value in nan inf 1e12 left; do
    refuses "--$angle $value" 2 "--$angle" room.png "${to[@]}" --$angle $value
  done
done
for size in 0x0 0x100 100x0 -5x5 100 100x 1e3x5 axb 70000x10 99999999999999999999x2 ""; do
  refuses "--size '$size'" 2 "--size" room.png "${to[@]}" --size "$size"
done
refuses "size too large for the format" 2 "webp.*--size" room.png "${to[@]}" --size 20000x10 --format webp
refuses "size too large for the machine" 2 "--size" room.png "${to[@]}" --size 60000x60000 --format png
for views in ring ring: ring:0 ring:-3 ring:x ring:4@91 ring:4@nan ring:4@ ring:99999999999 dome nofile.json; do
  refuses "--views $views" 2 "--views" room.png "${to[@]}" --views $views
done
refuses "--interpolation cubic" 2 "--interpolation.*bilinear" room.png "${to[@]}" --interpolation cubic
refuses "--format gif" 2 "--format.*webp" room.png "${to[@]}" --format gif
refuses "--backend tpu" 2 "--backend.*cuda" room.png "${to[@]}" --backend tpu
for quality in 0 101 -1 good; do
  refuses "--quality $quality" 2 "--quality" room.png "${to[@]}" --quality $quality
done
refuses "--quality for png" 2 "--quality" room.png "${to[@]}" --format png --quality 90
for threads in 0 -1 1.5 99999 many; do
  refuses "--threads $threads" 2 "--threads" room.png "${to[@]}" --threads $threads
done
refuses "--views and --yaw" 2 "--views and --yaw" room.png "${to[@]}" --views cube --yaw 3
refuses "--views cube and --fov" 2 "--fov" room.png "${to[@]}" --views cube --fov 80
refuses "--views cube and an oblong --size" 2 "--size" room.png "${to[@]}" --views cube --size 20x10
mkdir other empty_folder
cp room.png other/room.png
refuses "two inputs of one stem" 2 "room.png.*other/room.png" room.png other/room.png "${to[@]}"
refuses "an image and another format of it" 2 "room.png.*room.jpg" room.png room.jpg "${to[@]}"
refuses "an empty folder" 2 "empty_folder" empty_folder "${to[@]}"
mkdir views && cp room.png views/a.png && cp room.png views/a_v00.png
refuses "an output that would overwrite an input" 2 "a_v00.png" views --output views --format png
rig() { # NAME TEXT PATTERN: a bad RIG.json
  echo "$2" >bad.json
  refuses "rig: $1" 2 "bad.json.*$3" room.png "${to[@]}" --views bad.json
}
rig "not JSON" "yaw 30" "JSON"
rig "no list" '{"yaw": 30}' "yaw"
rig "no views" '[]' "views"
rig "a number" '3' "list"
rig "unknown key" '[{"yaww": 3}]' "yaww"
rig "a word for a number" '[{"yaw": "left"}]' "yaw"
rig "values nested very deep" "[{\"yaw\": $(printf '%.0s[' $(seq 200000))$(printf '%.0s]' $(seq 200000))}]" "values in"
rig "fov 180" '[{"fov": 180}]' "fov"
rig "fov 0" '[{}, {"hfov": 0}]' "views\\[1\\].*hfov"
rig "width 0" '[{"width": 0}]' "width"
rig "half a pixel" '[{"width": 10.5}]' "width"
rig "R that is no rotation" '[{"R": [[1,0,0],[0,1,0],[0,0,2]]}]' "rotation"
rig "K of zeros" '[{"K": [[0,0,0],[0,0,0],[0,0,1]]}]' "views\\[0\\]"
if ldd "$bin/e2p" 2>/dev/null | grep -q libcuda || strings "$bin/e2p" 2>/dev/null | grep -q cudaLaunch; then
  skip "--backend cuda without CUDA" "this e2p was built with CUDA"
else
  refuses "--backend cuda without CUDA" 2 "CUDA|GPU" room.png "${to[@]}" --backend cuda
fi

# --- failures: exit code 1
for file in text.jpg empty.png flipped.png zero.png absurd.png huge.png \
  cut_room.jpg cut_room.png cut_room.webp cut_end_room.jpg cut_end_room.png cut_end_room.webp \
  cut_begin_room.jpg cut_begin_room.png cut_begin_room.webp; do
  refuses "$file" 1 "$file" $file "${to[@]}"
done
refuses "a video that is none" 1 "text.mp4" text.mp4 "${to[@]}"
refuses "a file that cannot be read" 1 "/proc/self/mem" /proc/self/mem "${to[@]}"
if [ "$(id -u)" -ne 0 ]; then
  cp room.png secret.png && chmod 000 secret.png
  refuses "a file that may not be read" 1 "secret.png.*denied" secret.png "${to[@]}"
  mkdir locked && chmod 555 locked
  refuses "a folder that may not be written" 2 "locked" room.png --output locked
  refuses "a folder that may not be made" 2 "locked" room.png --output locked/views
else
  skip "files without permissions" "root may read and write everything"
fi
refuses "--output below a file" 2 "room.png/views" room.png --output room.png/views
refuses "--output is a file" 2 "room.jpg" room.png --output room.jpg
refuses "--output where no folder can be" 2 "/proc/views" room.png --output /proc/views
refuses "--output that holds no files" 2 "/proc/sys" room.png --output /proc/sys

# a file that grows too large, then a disk that is full: nothing half-written
(ulimit -f 60 && trap '' XFSZ && "$bin/e2p" room.png --output limited --format png >.out 2>.err)
code=$?
leave_out_progress e2p
err=$(cat .err)
verdict "files of limited size: exit code 1" [ "$code $(lines .err)" = "1 1" ]
verdict "the remedy" [ "${err/--size/}" != "$err" ]
verdict "nothing left behind" [ ! -e limited ]
mkdir full_disk
if mount -t tmpfs -o size=2m tmpfs "$full" 2>/dev/null; then
  run room.png --output full_disk/views --format png --size 640x480 --views ring:40
  verdict "full disk: exit code 1" [ "$code $(lines .err)" = "1 1" ]
  verdict "full disk: the message" grep -q '^e2p: .*full_disk/views/room_v.*space' .err
  verdict "full disk: nothing left behind" [ "$(count full_disk)" -eq 0 ]
  umount "$full"
else
  skip "full disk" "no file system can be mounted here"
fi

# --- a run that is interrupted
mkdir many
for k in $(seq 300); do ln -s ../room.png "many/m$k.png"; done
"$bin/e2p" many --output stopped >.out 2>.err &
victim=$!
for _ in $(seq 100); do
  [ "$(count stopped 'm*')" -gt 8 ] && break
  sleep 0.1
done
kill -TERM $victim 2>/dev/null
wait $victim
code=$?
leave_out_progress e2p
verdict "stopped: exit code 143 and one line" [ "$code $(lines .err)" = "143 1" ]
verdict "stopped: whole frames only" [ $(($(count stopped 'm*') % 8)) -eq 0 ]
verdict "stopped: cameras.json is there" [ -s stopped/cameras.json ]
verdict "stopped: no temporary files" [ "$(count stopped '.*')" -eq 0 ]

# --- panorama
"$bin/panorama" --output p.jpg --width 63 >.out 2>.err
verdict "panorama of an odd width" [ "$? $(lines .err) $(count . p.jpg)" = "2 1 0" ]
"$bin/panorama" --output p.gif >.out 2>.err
verdict "panorama of an unknown format" [ "$? $(lines .err)" = "2 1" ]
"$bin/panorama" --output room.png/p.png --width 64 >.out 2>.err
verdict "panorama where no folder can be" [ "$? $(lines .err)" = "2 1" ]

# --- real panoramas and a video
if [ -s "$data/360/testRoom1_2kMono.jpg" ]; then
  does "a real panorama" 9 "$data/360/testRoom1_2kMono.jpg" "${small[@]}"
else
  skip "a real panorama" "no $data/360/testRoom1_2kMono.jpg (KERNELS_TEST_DATA)"
fi
video=$data/360/testRoom1_1920Mono.mp4
if [ -s "$video" ]; then
  does "a video" 721 "$video" --views ring:2 --size 32x24
  verdict "names of its frames" \
    [ -s done/testRoom1_1920Mono_f000001_v00.jpg -a -s done/testRoom1_1920Mono_f000360_v01.jpg ]
  verdict "frames in cameras.json" grep -q '"frames":360' done/cameras.json
  head -c 300000 "$video" >cut.mp4
  refuses "a video without its index" 1 "cut.mp4" cut.mp4 "${to[@]}"
else
  skip "a video" "no $video (KERNELS_TEST_DATA)"
fi
video=$data/video/vtest.avi
if [ -s "$video" ]; then
  head -c 2000000 "$video" >cut.avi
  rm -rf "done"
  run cut.avi --output "done" --views ring:1 --size 32x24 --allow-partial
  verdict "a video that is cut off: exit code 1" [ "$code $(lines .err)" = "1 1" ]
  verdict "its name and last frame are said" grep -q '^e2p: .*cut.avi.* of 795' .err
  verdict "the views before are there, whole" [ "$(count "done")" -gt 10 -a "$(count "done" '.*')" -eq 0 ]
else
  skip "a video that is cut off" "no $video (KERNELS_TEST_DATA)"
fi

closing_line
