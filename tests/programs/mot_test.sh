#!/usr/bin/env bash
# Runs the programs mot-eval and mot-compare as a user would: mot_test.sh BIN_DIR
# One line a case; exit code 1 if any failed. KERNELS_TEST_DATA names the folder of published ground
# truth and tracks (default: ../shared/data beside the checkout); cases that need it are skipped
# where it is missing.
# shellcheck source=tests/programs/check.sh
source "$(dirname "$0")/check.sh"
needs_programs "${1:-}" mot-eval mot-compare
data=$data/mot
cd "$work" || exit 1

# NAME CODE ARGUMENTS…: mot-compare must end with the code and nothing on stderr
compares() {
  local name=$1 wanted=$2
  shift 2
  run_program mot-compare "$@"
  if [ "$code" -ne "$wanted" ] || [ -n "$err" ]; then
    bad "$name" "exit code $code, wanted $wanted ($err)"
  else
    ok "$name"
  fi
}

figure() { # NAME: its first value in scores.json, of COMBINED_SEQ, which comes last
  tr -d ' \n' <scores.json | grep -o "\"$1\":\[\{0,1\}[-0-9.e]*" | tail -1 | sed 's/.*://; s/\[//'
}
row() { echo "$1,$2,$3,$4,30,80,$5,$6,1"; } # FRAME ID LEFT TOP SCORE CLASS

# --- mot-eval on a ground truth of our own: two people, one of each distractor, a car
mkdir truth tracks
for frame in 1 2 3 4 5; do
  x=$((10 * frame))
  row $frame 1 $x 100 1 1
  row $frame 2 $((x + 200)) 100 1 1
  row $frame 3 $((x + 400)) 100 0 2
  row $frame 4 $((x + 600)) 100 0 7
  row $frame 5 $((x + 800)) 100 0 8
  row $frame 6 $((x + 1000)) 100 0 12
  row $frame 7 $((x + 1200)) 100 0 6
  row $frame 8 $((x + 1400)) 100 0 3
done >truth/street.txt
sed 's/,[^,]*,[^,]*$/,-1,-1/; s/,[01],-1,-1$/,0.9,-1,-1/' truth/street.txt >tracks/street.txt
# boxes of tracks that count, and those among them that are wrong
for case in mot15:40:30 mot16:20:10 mot17:20:10 mot20:15:5; do
  IFS=: read -r name boxes wrong <<<"$case"
  run_program mot-eval --gt truth/street.txt --tracks tracks/street.txt --benchmark "$name" \
    --json scores.json
  verdict "$name: exit code" [ "$code" -eq 0 ]
  verdict "$name: $boxes boxes count" [ "$(figure Dets)" = "$boxes" ]
  verdict "$name: $wrong of them are wrong" [ "$(figure CLR_FP)" = "$wrong" ]
  verdict "$name: both people are found" [ "$(figure CLR_TP)-$(figure MT)" = 10-2 ]
done
for word in street COMBINED HOTA MOTA IDF1 IDSW "5 frames" "mot20"; do
  verdict "closing table: $word" grep -q -- "$word" .out
done
verdict "closing table: a row of figures a sequence" \
  [ "$(grep -Ec '^ +(street|COMBINED)( +-?[0-9.]+)+ *$' .out)" -eq 2 ]

# folders as MOTChallenge has them: SEQ/gt/gt.txt, the length in SEQ/seqinfo.ini
mkdir -p challenge/street/gt
cp truth/street.txt challenge/street/gt/gt.txt
printf '[Sequence]\nname=street\nseqLength=9\n' >challenge/street/seqinfo.ini
cp tracks/street.txt tracks/other.txt
run_program mot-eval --gt challenge --tracks tracks --benchmark mot17 --json scores.json
verdict "SEQ/gt/gt.txt" [ "$code" -eq 0 ]
verdict "seqinfo.ini" [ "$(figure CLR_Frames)" = 9 ]
verdict "tracks without ground truth are named" \
  [ "$err" = "mot-eval: no ground truth for tracks/other.txt: left out" ]
run_program mot-eval --gt truth --tracks tracks
verdict "two folders" [ "$code" -eq 0 ]
cp truth/street.txt second.txt
run_program mot-eval --gt truth/street.txt second.txt --tracks tracks/street.txt tracks/street.txt
verdict "two pairs" [ "$(grep -c -E '^ +(street|second|COMBINED) ' .out)" -eq 3 ]
: >empty.txt
run_program mot-eval --gt truth/street.txt --tracks empty.txt --json scores.json
verdict "no tracks at all" [ "$code-$(figure CLR_FN)" = 0-10 ]
{ tac tracks/street.txt | sed 's/$/\r/'; printf '%s' "$(row 1000000000 1 5 5 1 -1)"; } >odd.txt
run_program mot-eval --gt truth/street.txt --tracks odd.txt --benchmark mot17 --json scores.json
verdict "out of order, CRLF, no last line end, frame 10^9" \
  [ "$code-$(figure CLR_TP)-$(figure CLR_FP)" = 0-10-11 ]

eval=(mot-eval --gt truth/street.txt --tracks)
program_refuses "nothing asked" 2 "--help" mot-eval
program_refuses "unknown benchmark" 2 "--benchmark: wanted mot15" "${eval[@]}" odd.txt --benchmark mot18
program_refuses "missing tracks" 2 "none.txt: does not exist" "${eval[@]}" none.txt
program_refuses "a file and a folder" 2 "one folder of each" "${eval[@]}" tracks
program_refuses "fewer tracks" 2 "as many of each" mot-eval --gt second.txt truth/street.txt --tracks odd.txt
program_refuses "a sequence without tracks" 2 "no tracks for .*street" mot-eval --gt truth --tracks challenge
program_refuses "the same name twice" 2 "two sequences" mot-eval --gt second.txt second.txt \
  --tracks odd.txt odd.txt
program_refuses "json that cannot be written" 1 "cannot write" "${eval[@]}" odd.txt --json none/x.json
head -3 tracks/street.txt >bad.txt
echo "2,5,nan,0,1,1,1" >>bad.txt
program_refuses "NaN: file, line, column" 2 "bad.txt:4: column 3 \(left\)" "${eval[@]}" bad.txt
row 5 1 0 0 1 -1 | cat tracks/street.txt - >bad.txt
program_refuses "an id twice in a frame" 2 "bad.txt.*id 1 twice in frame 5" "${eval[@]}" bad.txt
sed 's/-1,-1$/2,-1/' tracks/street.txt >bad.txt
program_refuses "a car's tracks" 2 "class of a track" "${eval[@]}" bad.txt --benchmark mot17
run_program mot-eval "${eval[@]:1}" bad.txt
verdict "which MOT15 does not ask" [ "$code" -eq 0 ]

# --- mot-compare
a=tracks/street.txt
compares "a file with itself" 0 $a $a
awk -F, -v OFS=, '{ $2 = sprintf("%.0f", 5000000000 - 7 * $2); print }' $a | sort -R --random-source=$a >renamed.txt
compares "renamed, in another order" 0 $a renamed.txt
verdict "says so" [ "$(tail -1 .out)" = "the same" ]
awk -F, -v OFS=, '$1 == 3 && $2 == 2 { $3 += 0.02 } { print }' $a >moved.txt
compares "moved within the tolerance" 0 $a moved.txt
compares "moved beyond it" 1 $a moved.txt --tolerance 0.01
verdict "and where" grep -q "frame 3, id 2 .* is 0.02 px off" .out
sed '7d' $a >fewer.txt
compares "a row only in A" 1 $a fewer.txt
verdict "is named" grep -q "frame 1, id 7 .*only in A" .out
compares "a row only in B" 1 fewer.txt $a
verdict "is named too" grep -q "frame 1, id 7 .*only in B" .out
awk -F, -v OFS=, '$1 > 3 && $2 < 3 { $2 = 3 - $2 } { print }' $a >switched.txt
compares "two identities change places" 1 $a switched.txt
verdict "four rows, two switches each way" \
  [ "$(grep -E '^ +(identities differ|switches) ' .out | tr -s ' ' | tr '\n' ';')" = \
  " identities differ 4; switches 2 2;" ]
sed 's/0.9,-1,-1$/0.8,-1,-1/' $a >scored.txt
compares "scores do not matter" 0 $a scored.txt
compares "unless asked for" 1 $a scored.txt --scores
compares "two empty files" 0 empty.txt empty.txt
compares "an empty one" 1 $a empty.txt --quiet
verdict "quiet" [ -z "$out" ]
# one box over everything must not make every pair of boxes a candidate
{
  echo "1,1,-500000000,0,1000000000,10,1"
  awk 'BEGIN { for (k = 0; k < 60000; ++k) printf "1,%d,%d,%d,8,16,1\n", k + 2, k % 300 * 10, int(k / 300) * 20 }'
} >wide.txt
compares "60,000 boxes and a wide one" 0 wide.txt wide.txt
program_refuses "one file" 2 "B is required" mot-compare $a
program_refuses "a file that is missing" 2 "cannot read none.txt" mot-compare $a none.txt
program_refuses "no tracks" 2 "id -1 twice in frame 1" mot-compare <(printf '%s\n' 1,-1,{0,9},0,1,1,1) $a
program_refuses "negative tolerance" 2 "--tolerance" mot-compare $a $a --tolerance=-1

# --- published ground truth and tracks
if [ -d "$data" ]; then
  for case in devkit_example:0.5551155115511551:0.6242960579243765 \
    sort:0.6957095709570957:0.7047762316660399; do
    IFS=: read -r tracker mota idf1 <<<"$case"
    run_program mot-eval --gt "$data/ground_truth" --tracks "$data/tracks/$tracker" --json scores.json
    close() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a - b < 1e-6 && b - a < 1e-6) }'; }
    verdict "$tracker: MOTA" close "$(figure MOTA)" "$mota"
    verdict "$tracker: IDF1" close "$(figure IDF1)" "$idf1"
  done
  compares "tracks of two trackers" 1 "$data"/tracks/{bytetrack,mcbyte}/palace.txt
  compares "palace with itself" 0 "$data"/tracks/bytetrack/palace.txt{,}
else
  skip "published tracks" "no test data at $data (set KERNELS_TEST_DATA)"
fi

closing_line
