#!/usr/bin/env bash
# Runs the programs track and walkers as a user would: track_test.sh BIN_DIR
# One line a case; exit code 1 if any failed. KERNELS_TEST_DATA names the folder of sequences and
# of the original trackers' tracks (default: ../shared/data beside the checkout); cases that need it
# are skipped where it is missing.
# shellcheck source=tests/programs/check.sh
source "$(dirname "$0")/check.sh"
needs_programs "${1:-}" track walkers mot-compare
cd "$work" || exit 1

run() { run_program track "$@"; }
refuses() { program_refuses "${@:1:3}" track "${@:4}"; } # NAME CODE PATTERN ARGUMENTS…
hidden() { find . -name '.*' -type f ! -name .out ! -name .err | wc -l; }
agree() { "$bin/mot-compare" "$1" "$2" >/dev/null 2>&1; }

# NAME FILE ARGUMENTS…: must end with 0, say nothing on stderr, write the file
does() {
  local name=$1 file=$2
  shift 2
  rm -f "$file"
  run "$@" --output "$file"
  if [ "$code" -ne 0 ]; then
    bad "$name" "exit code $code ($err)"
  elif [ -n "$err" ]; then
    bad "$name" "stderr: $err"
  elif [ ! -e "$file" ]; then
    bad "$name" "no $file"
  else
    ok "$name"
  fi
}

# --- something to track
"$bin/walkers" --output clip.mp4 --detections det.txt --ground-truth gt.txt --masks masks \
  --frames 40 --width 480 --people 6 || bad "walkers" "exit code $?"
verdict "walkers writes what it is asked for" [ -s clip.mp4 -a -s det.txt -a -s gt.txt ]
verdict "walkers: a label map a frame" [ "$(find masks -name '*.png' | wc -l)" -eq 40 ]
"$bin/walkers" --output pictures --frames 3 --width 480 --people 6
verdict "walkers: a folder of images" [ "$(find pictures -name '*.jpg' | wc -l)" -eq 3 ]

# --- detections
for tracker in sort bytetrack botsort ocsort mcbyte; do
  does "--tracker $tracker" $tracker.txt --detections det.txt --tracker $tracker
  verdict "its tracks" [ "$(lines $tracker.txt)" -gt 50 ]
done
for word in "40 frames" tracks boxes "bytetrack, " frames/s read write total; do
  does "closing table: $word" default.txt --detections det.txt
  verdict "is there" [ "${out/"$word"/}" != "$out" ]
done
verdict "bytetrack is the default" cmp -s default.txt bytetrack.txt
verdict "rows of MOT text" \
  [ "$(grep -Evc '^[0-9]+,[0-9]+(,-?[0-9]+\.[0-9]{2}){5},-1,-1,-1$' bytetrack.txt)" -eq 0 ]
verdict "sorted by frame, then id" eval 'sort -t, -k1n -k2n bytetrack.txt | cmp -s - bytetrack.txt'
does "--quiet" quiet.txt --detections det.txt --quiet
verdict "says nothing" [ -z "$out$err" ]
does "--backend cpu, --threads 1" one.txt --detections det.txt --backend cpu --threads 1
verdict "the same bytes" cmp -s one.txt bytetrack.txt
grep -v '^2[0-9],' det.txt >gap.txt
does "frames without rows" gap_tracks.txt --detections gap.txt
verdict "have no tracks" [ "$(grep -c '^2[0-9],' gap_tracks.txt)" -eq 0 ]
does "--interpolate 10" filled.txt --detections gap.txt --interpolate 10
verdict "has them" [ "$(grep -c '^2[0-9],' filled.txt)" -gt 10 ]
does "--interpolate 9" filled.txt --detections gap.txt --interpolate 9
verdict "has not" [ "$(grep -c '^25,' filled.txt)" -eq 0 ]
does "--max-buffer 3" short.txt --detections gap.txt --max-buffer 3
ids() { cut -d, -f2 "$1" | sort -u | wc -l; }
verdict "forgets them" [ "$(ids short.txt)" -gt "$(ids gap_tracks.txt)" ]
: >none.txt
does "no detections at all" none_tracks.txt --detections none.txt
verdict "no tracks" [ ! -s none_tracks.txt ]
echo "5000,-1,10,10,20,40,0.9" >late.txt
does "5000 frames, one detection" late_tracks.txt --detections late.txt
awk 'BEGIN { for (k = 0; k < 20000; ++k) printf "1,-1,%d,%d,8,16,0.9\n", k % 200 * 10, int(k / 200) * 20 }' >many.txt
does "20000 detections in a frame" many_tracks.txt --detections many.txt
verdict "20000 tracks" [ "$(lines many_tracks.txt)" -eq 20000 ]
mkdir cameras
cp det.txt cameras/one.txt
awk -F, -v OFS=, '$1 > 1 { $3 += 40 * ($1 % 7); print }' det.txt >cameras/two.txt
for tracker in sort bytetrack botsort ocsort; do
  rm -rf together
  run --detections cameras --output together --tracker $tracker
  "$bin/track" --detections cameras/two.txt --output alone.txt --tracker $tracker --quiet
  verdict "two cameras, $tracker: the first" cmp -s together/one.txt $tracker.txt
  verdict "two cameras, $tracker: the second" cmp -s together/two.txt alone.txt
done
verdict "a row a camera in the table" grep -q '^  two  *40 ' .out

# --- config
echo '{"tracker": "sort", "detections": "det.txt", "quiet": true, "mot20": false}' >config.json
does "--config" config.txt --config config.json
verdict "is what the options are" cmp -s config.txt sort.txt
does "the command line wins" config.txt --config config.json --tracker ocsort
verdict "over --config" cmp -s config.txt ocsort.txt
banana=$here/../../examples/track/configs/banana.json
does "BananaTracker's settings" banana.txt --detections det.txt --config "$banana"
does "as options" options.txt --detections det.txt --track-threshold 0.5 --track-buffer 90 --max-buffer 45
verdict "are the same" cmp -s banana.txt options.txt
verdict "and not the default" eval '! cmp -s banana.txt bytetrack.txt'
for gap in 45 48; do # frames from one sight to the next; at 60 fps the buffer alone would be 180
  for frame in 1 2 3 $((3 + gap)) $((4 + gap)); do echo "$frame,-1,10,10,20,40,0.65"; done >unseen.txt
  does "unseen for $gap frames" unseen_$gap.txt --detections unseen.txt --config "$banana" --fps 60
done
verdict "is another after 48" [ "$(ids unseen_45.txt)-$(ids unseen_48.txt)" = 1-2 ]
config() { # NAME TEXT PATTERN
  echo "$2" >bad.json
  refuses "config: $1" 2 "bad.json.*$3" --detections det.txt --output refused/t.txt --config bad.json
}
config "not JSON" "tracker sort" "JSON"
config "a list" '[1]' "wanted"
config "an unknown key" '{"treshold": 3}' "treshold.*track-threshold"
config "a text for a number" '{"fps": "fast"}' "fps.*number"
config "a fraction for a whole number" '{"track-buffer": 1.5}' "track-buffer.*whole"
config "a number for a flag" '{"mot20": 1}' "mot20.*true"
config "itself" '{"config": "config.json"}' "config"

# --- warps and masks
seq 0 39 | sed 's/$/\t1\t0\t0\t0\t1\t0\t/' >still.txt
does "--warps of a camera that stands" warped.txt --detections det.txt --tracker botsort --warps still.txt
verdict "changes nothing" agree warped.txt botsort.txt
does "--masks" masked.txt --detections det.txt --tracker mcbyte --masks masks
to=(--detections det.txt --output refused/t.txt)
head -30 still.txt >few.txt
refuses "too few warps" 2 "few.txt.*frame 31 .*add a line" "${to[@]}" --tracker botsort --warps few.txt
echo "0 1 0 0 0 1" >six.txt
refuses "a warp of six numbers" 2 "six.txt:1: .*7 numbers" "${to[@]}" --tracker botsort --warps six.txt
echo "0 1 0 nan 0 1 0" >nan.txt
refuses "a warp that is no number" 2 "nan.txt:1: .*nan" "${to[@]}" --tracker botsort --warps nan.txt
cat still.txt six.txt | sed 's/^0 .*/0 1 0 0 0 1 0/' >twice.txt
refuses "a warp twice" 2 "twice.txt.*frame 0.*twice" "${to[@]}" --tracker mcbyte --warps twice.txt
refuses "no warps" 2 "no_such.txt" "${to[@]}" --tracker botsort --warps no_such.txt
refuses "--warps for bytetrack" 2 "--warps.*bytetrack.*botsort" "${to[@]}" --warps still.txt
cp -r masks holes && rm holes/000017.png
refuses "a mask is missing" 2 "holes.*frame 17" "${to[@]}" --tracker mcbyte --masks holes
cp -r masks damaged && head -c 200 masks/000003.png >damaged/000003.png
refuses "a damaged mask" 1 "damaged/000003.png" "${to[@]}" --tracker mcbyte --masks damaged
cp -r masks dated && mv dated/000040.png dated/run_20261124.png
refuses "a number that is no frame" 2 "run_20261124.png.*10000000" "${to[@]}" --tracker mcbyte --masks dated
mv dated/run_20261124.png dated/9223372036854775807.png && cp dated/000001.png dated/000000.png
refuses "the largest number, and frame 0" 2 "9223372036854775807.png.*frame" "${to[@]}" --tracker mcbyte --masks dated
mv dated/9223372036854775807.png dated/99999999999999999999.png
refuses "a larger one" 2 "9999999999.png.*frame" "${to[@]}" --tracker mcbyte --masks dated
refuses "--masks for sort" 2 "--masks.*sort.*mcbyte" "${to[@]}" --tracker sort --masks masks
refuses "masks that are none" 2 "cameras.*PNG" "${to[@]}" --tracker mcbyte --masks cameras
refuses "no masks" 2 "no_such" "${to[@]}" --tracker mcbyte --masks no_such

# --- mistakes
refuses "missing file" 2 "no_such.txt.*check" --detections no_such.txt --output refused/t.txt
refuses "nothing to track" 2 "--detections.*--video" --output refused/t.txt
refuses "no --output" 2 "--output" --detections det.txt
refuses "empty --output" 2 "--output" --detections det.txt --output ""
refuses "unknown flag" 2 "--sharpen" "${to[@]}" --sharpen
refuses "unknown tracker" 2 "--tracker.*bytetrack.*'deepsort'" "${to[@]}" --tracker deepsort
refuses "unknown backend" 2 "--backend" "${to[@]}" --backend tpu
for option in track-threshold new-threshold match-threshold fps; do
  for value in nan -2e9 1e10 high; do
    refuses "--$option $value" 2 "--$option" "${to[@]}" --$option $value
  done
done
refuses "--track-buffer 1.5" 2 "--track-buffer" "${to[@]}" --track-buffer 1.5
refuses "--interpolate -1" 2 "--interpolate" "${to[@]}" --interpolate -1
refuses "--track-threshold for sort" 2 "--track-threshold.*sort" "${to[@]}" --tracker sort --track-threshold 0.5
row() { # NAME ROW PATTERN
  { head -4 det.txt; echo "$2"; } >row.txt
  refuses "row: $1" 2 "row.txt:5: .*$3" --detections row.txt --output refused/t.txt
}
row "six columns" "1,-1,2,3,4,5" "7 columns"
row "a word" "1,-1,2,3,four,5,1" "four"
row "a negative width" "1,-1,2,3,-4,5,1" "width"
row "a height that is none" "1,-1,2,3,4,nan,1" "height"
row "frame 0" "0,-1,2,3,4,5,1" "frame"
echo "4000000000000,-1,2,3,4,5,1" >far.txt
refuses "a frame far away" 2 "far.txt.*4000000000000" --detections far.txt --output refused/t.txt
cp det.txt mine.txt
refuses "output is the input" 2 "--output.*--detections" --detections mine.txt --output ./mine.txt
verdict "which is untouched" cmp -s mine.txt det.txt
refuses "output folder is the input folder" 2 "--output" --detections cameras --output cameras/
refuses "a folder into a file" 2 "det.txt" --detections cameras --output det.txt
refuses "a file into a folder" 2 "cameras" --detections det.txt --output cameras
mkdir empty
refuses "an empty folder" 2 "empty" --detections empty --output refused
refuses "--overlay without pictures" 2 "--overlay.*--video" "${to[@]}" --overlay refused/o.mp4
refuses "--model without pictures" 2 "--model.*--video" "${to[@]}" --model tiny.onnx
refuses "--output where no folder can be" 2 "/proc/tracks" --detections det.txt --output /proc/tracks/t.txt
if ldd "$bin/track" 2>/dev/null | grep -q libcuda || strings "$bin/track" 2>/dev/null | grep -q cudaLaunch; then
  skip "--backend cuda without CUDA" "this track was built with CUDA"
else
  refuses "--backend cuda without CUDA" 2 "CUDA" "${to[@]}" --backend cuda
fi

# --- videos
does "a video with its detections" drawn.txt --video clip.mp4 --detections det.txt --overlay drawn.mp4 --fps 30 --quiet
verdict "the same tracks" cmp -s drawn.txt bytetrack.txt
verdict "an overlay" [ "$(lines drawn.mp4)" -gt 0 ]
run --video drawn.mp4 --detections det.txt --output again.txt --overlay again.mkv --quiet
verdict "which is a video of as many frames" [ "$code" -eq 0 -a -s again.mkv ]
does "the people detector" people.txt --video pictures --save-detections people_det.txt --quiet
does "what it found, tracked" people_again.txt --detections people_det.txt
verdict "is the same" cmp -s people.txt people_again.txt
refuses "detections beyond the video" 2 "det.txt.*frame 40.*frame 3" --video pictures --detections det.txt --output refused/t.txt --overlay refused/o.mp4
to=(--video clip.mp4 --output refused/t.txt)
"$bin/walkers" --output large --frames 1 --width 640 --people 6
refuses "masks of another size" 2 "masks/000001.png.*480x270.*640x360" --video large --tracker mcbyte --masks masks --output refused/t.txt
refuses "--overlay without an ending" 2 "--overlay.*mp4" "${to[@]}" --overlay refused/o.gif
refuses "--overlay over the video" 2 "--overlay.*--video" --video clip.mp4 --output refused/t.txt --overlay clip.mp4
refuses "two outputs of one name" 2 "--output.*--overlay" --video clip.mp4 --output refused/o.mp4 --overlay refused/o.mp4
refuses "missing video" 2 "no_such.mp4" --video no_such.mp4 --output refused/t.txt
echo "no video" >text.mp4
refuses "a video that is none" 1 "text.mp4" --video text.mp4 --output refused/t.txt
refuses "--model that is not there" 2 "no_such.onnx" "${to[@]}" --model no_such.onnx
refuses "--model that is no network" 2 "det.txt" "${to[@]}" --model det.txt
refuses "--model and --detections" 2 "--model.*--detections" "${to[@]}" --detections det.txt --model det.txt
refuses "--classes without --model" 2 "--classes.*--model" "${to[@]}" --classes 0

# scores of another range
awk -F, -v OFS=, '$7 > 0.1 { $7 *= 100; print }' det.txt >scores.txt
does "scores to 100" scored.txt --detections scores.txt --no-score-fusion --track-threshold 60 --new-threshold 70
does "the same to 1" unscored.txt --detections det.txt --no-score-fusion
boxes_and_ids() { cut -d, -f1-6 "$1"; }
verdict "have the same tracks" cmp -s <(boxes_and_ids scored.txt) <(boxes_and_ids unscored.txt)
does "a threshold below 0" scored.txt --detections scores.txt --track-threshold -7.5 --new-threshold -1e3

# --- a network
if ! command -v python3 >/dev/null; then
  skip "--model" "no python3 to make a network with"
elif python3 "$here/tiny_yolo.py" tiny && "$bin/track" --video tiny/frames --model tiny/tiny.onnx \
  --model-size 160x96 --output .trial 2>&1 | grep -q "without OpenCV's dnn"; then
  skip "--model" "this track was built without OpenCV's dnn"
else
  rm -f .trial
  model=(--video tiny/frames --model-size 160x96 --quiet)
  does "--model, 20 pictures in batches of 16" yolo.txt "${model[@]}" --model tiny/tiny.onnx
  verdict "two tracks in every frame" [ "$(lines yolo.txt)" -eq 40 ]
  verdict "where the squares are" [ "$(tail -2 yolo.txt | tr '\n' ' ')" = \
    "20,1,88.00,56.00,48.00,48.00,0.90,-1,-1,-1 20,2,216.00,120.00,48.00,48.00,0.80,-1,-1,-1 " ]
  does "a network for one picture at a time" one.txt "${model[@]}" --model tiny/tiny_one.onnx
  verdict "finds the same" cmp -s one.txt yolo.txt
  does "--classes 1" blue.txt "${model[@]}" --model tiny/tiny.onnx --classes 1
  verdict "keeps the blue square" [ "$(grep -c ',216.00,' blue.txt) $(lines blue.txt)" = "20 20" ]
  does "label maps of 16 bits, from 0" m.txt "${model[@]}" --model tiny/tiny.onnx --tracker mcbyte --masks tiny/labels
  does "402 labels up to 65535 in a run" many_m.txt "${model[@]}" --model tiny/tiny.onnx --tracker mcbyte --masks tiny/many_labels
  verdict "change nothing" cmp -s m.txt many_m.txt
  to=(--video tiny/frames --output refused/t.txt)
  refuses "a network of another kind" 2 "not_yolo.onnx.*1x60x6" "${to[@]}" --model tiny/not_yolo.onnx --model-size 160x96
  refuses "a size that does not suit" 2 "tiny.onnx.*--model-size" "${to[@]}" --model tiny/tiny.onnx
  refuses "--model-size 0x9" 2 "--model-size" "${to[@]}" --model tiny/tiny.onnx --model-size 0x9
  refuses "--classes all" 2 "--classes" "${to[@]}" --model tiny/tiny.onnx --classes all
  rm tiny/labels/*19.png && cp tiny/coloured.png tiny/labels/000019.png
  refuses "a coloured mask" 1 "000019.png.*colour" "${to[@]}" --model tiny/tiny.onnx --model-size 160x96 --tracker mcbyte --masks tiny/labels
fi

# --- a run that is interrupted
"$bin/track" --video clip.mp4 --output stopped/t.txt --overlay stopped/o.mp4 >.out 2>.err &
victim=$!
for _ in $(seq 100); do
  [ -e stopped ] && break
  sleep 0.1
done
kill -TERM $victim 2>/dev/null
wait $victim
code=$?
leave_out_progress track
verdict "stopped: exit code 143 and one line" [ "$code $(lines .err)" = "143 1" ]
verdict "stopped: nothing left behind" [ ! -e stopped ]
verdict "no temporary files anywhere" [ "$(hidden)" -eq 0 ]

# --- the originals' tracks: zero rows differ
mot=$data/mot
if [ -d "$mot/tracks" ]; then
  for tracker in sort bytetrack ocsort mcbyte botsort; do
    for golden in "$mot/tracks/$tracker"/*.txt; do
      name=$(basename "$golden" .txt)
      sequence=${name%-no-score-fusion}
      how=(--tracker "$tracker" --quiet)
      [ "$name" != "$sequence" ] && how+=(--no-score-fusion)
      case $tracker-$sequence in
        bytetrack-palace) how+=(--track-threshold 0.5 --match-threshold 0.8) ;;
        mcbyte-palace) how+=(--track-threshold 0.5) ;;
        bytetrack-MOT20-01) how+=(--mot20 --fps 25) ;;
        botsort-MOT20-01) how+=(--mot20 --fps 25 --warps "$mot/warps/MOT20-01.txt") ;;
      esac
      "$bin/track" --detections "$mot/detections/$sequence.txt" --output own.txt "${how[@]}"
      verdict "$tracker $name: as the original" agree "$golden" own.txt
    done
  done
else
  skip "the originals' tracks" "no $mot/tracks (KERNELS_TEST_DATA)"
fi
if [ -d "$data/video/judo" ]; then
  does "a real video" judo.txt --video "$data/video/judo" --overlay judo.mp4 --quiet
  verdict "its overlay" [ -s judo.mp4 ]
else
  skip "a real video" "no $data/video/judo (KERNELS_TEST_DATA)"
fi

closing_line
