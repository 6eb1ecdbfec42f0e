#!/usr/bin/env bash
# Runs the program reid as a user would: reid_test.sh BIN_DIR
# One line a case; exit code 1 if any failed. KERNELS_TEST_DATA names the folder of real embeddings
# (default: ../shared/data beside the checkout); cases that need it are skipped where it is missing.
. "$(dirname "$0")/program_cases.sh"
needs_programs "${1:-}" reid
data=$data/embeddings
cd "$work" || exit 1
program=reid

if ! command -v python3 >/dev/null; then
  skip "reid" "no python3 to make embeddings with"
  finish
fi
python3 "$here/embeddings.py" e || bad "embeddings.py" "exit code $?"
known=(--embeddings e/known.npy --labels e/known.txt)

# --- enroll, info, remove
does "enroll" g.kgl enroll --gallery g.kgl "${known[@]}"
says "what it did" "60 rows enrolled (60 x 48 float32" "60 rows of 12 identities"
refuses "enroll again" 2 "is there already; give --append" enroll --gallery g.kgl "${known[@]}"
cp g.kgl twice.kgl
run enroll --gallery twice.kgl --append --embeddings e/known_half.npy --labels e/known.txt
verdict "--append" [ "$code" -eq 0 ]
says "and its rows" "120 rows of 12 identities in twice.kgl"
does "info" "" info --gallery twice.kgl
says "and what it says" "120 rows of 12 identities, 48 numbers a row" "Zoë, \"the third\""
run remove --gallery twice.kgl --label 'Zoë, "the third"'
verdict "remove" [ "$code" -eq 0 ]
says "and what is left" "10 rows" "110 rows of 11 identities"
before=$(cksum <twice.kgl)
refuses "remove a stranger" 2 "there is no 'Zo" remove --gallery twice.kgl --label 'Zoë, "the third"'
verdict "changes nothing" [ "$(cksum <twice.kgl)" = "$before" ]
does "--quiet" q.kgl enroll --gallery q.kgl "${known[@]}" --quiet
verdict "says nothing, the same bytes" eval '[ -z "$out" ] && cmp -s g.kgl q.kgl'
cp e/known.txt crlf.txt
sed -i 's/$/\r/' crlf.txt
does "labels with CRLF" crlf.kgl enroll --gallery crlf.kgl --embeddings e/known.npy --labels crlf.txt
verdict "are the same names" cmp -s g.kgl crlf.kgl


# --- commands at the same time: none loses what another one did
all_at_once() { # GALLERY: eight enrolments
  local k pids=()
  for k in 1 2 3 4 5 6 7 8; do
    "$bin/reid" enroll --gallery "$1" --append "${known[@]}" --quiet 2>>at_once.err &
    pids+=($!)
  done
  for k in "${pids[@]}"; do wait "$k" || return 1; done
}
cp g.kgl many.kgl
verdict "eight at the same time add to a gallery" all_at_once many.kgl
run info --gallery many.kgl
says "which has all their rows" "540 rows of 12 identities"
verdict "eight make a gallery" all_at_once fresh.kgl
run info --gallery fresh.kgl
says "which has all their rows" "480 rows of 12 identities"
verdict "nothing else is left" eval '[ ! -s at_once.err ] && [ -z "$(ls | grep -E "\.(lock|saving)$")" ]'
echo >many.kgl.lock
does "what a killed one left behind" "" remove --gallery many.kgl --label "person 1"
verdict "is no hindrance, and removed" [ ! -e many.kgl.lock ]
refuses "a gallery in a folder that is a file" 2 "there is no folder" enroll --gallery g.kgl/x.kgl "${known[@]}"

# --- match
match=(match --gallery g.kgl --queries e/queries.npy)
does "match" m.csv "${match[@]}" --top 5 --output m.csv
says "closing table" "30 of 30 queries matched, 150 lines in m.csv" "60 rows of 12 identities" search total
verdict "header" [ "$(head -1 m.csv)" = "query,rank,label,index,score" ]
verdict "the rows that a plain scan finds" eval \
  'sed 1d m.csv | sed -E "s/\"[^\"]*(\"\"[^\"]*)*\"/x/" | cut -d, -f1,2,4 | cmp -s - e/expected.csv'
verdict "quotes where a name needs them" grep -q '^[0-9]*,1,"Zoë, ""the third""",' m.csv
verdict "scores of 9 digits" [ "$(sed 1d m.csv | grep -Evc ',-?[0-9]\.[0-9]{1,12}(e-[0-9]+)?$')" -eq 0 ]
for pass in fp32 fp16 bf16 int8; do
  does "--first-pass $pass" p.csv "${match[@]}" --top 5 --first-pass $pass --output p.csv --quiet
  verdict "the same bytes" cmp -s m.csv p.csv
done
does "--threads 1" p.csv "${match[@]}" --top 5 --threads 1 --output p.csv
verdict "the same bytes" cmp -s m.csv p.csv
run "${match[@]}"
verdict "to the screen, the same" eval '[ "$code" -eq 0 ] && cmp -s m.csv "$work/.out"'
mkfifo pipe
timeout 20 cat pipe >piped.csv &
does "to a pipe" "" "${match[@]}" --output pipe --quiet
wait $!
verdict "the same, and the pipe is still one" eval 'cmp -s m.csv piped.csv && [ -p pipe ]'
does "--top 60" all.csv "${match[@]}" --top 60 --output all.csv
verdict "all rows" [ "$(lines all.csv)" -eq 1801 ]
verdict "top 5 is its beginning" eval 'awk -F, "\$2 <= 5 || NR == 1" all.csv | cmp -s - m.csv'
does "--threshold 0.85" t.csv "${match[@]}" --top 60 --threshold 0.85 --output t.csv
verdict "no line below it" eval \
  'awk -F, "NR == 1 || \$NF >= 0.85" all.csv | cmp -s - t.csv && [ "$(lines t.csv)" -gt 30 ]'
does "nothing reaches 1" none.csv "${match[@]}" --threshold 1 --output none.csv
verdict "only the header" [ "$(lines none.csv)" -eq 1 ]

# --- bad input
refused=(enroll --gallery refused/g.kgl --labels e/known.txt --embeddings)
for case in "fortran:Fortran order" "big_endian:big-endian" "integers:type '<i8'" "cut:cut off" \
  "longer:3 bytes are left over" "huge:cut off" "cube:no matrix" "nothing:no embeddings" \
  "nan:row 7 and 1 more hold NaN" "text:no .npy file" "empty:it is empty" "version9:version 9.0"; do
  refuses "$case" 2 "${case%%:*}.npy.*${case#*:}" "${refused[@]}" "e/bad/${case%%:*}.npy"
  refuses "$case: query" 2 "${case%%:*}.npy.*${case#*:}" match --gallery g.kgl \
    --queries "e/bad/${case%%:*}.npy" --output refused/m.csv
done
refuses "another dimension" 2 "have 47 numbers.*have 48" match --gallery g.kgl \
  --queries e/bad/short_rows.npy --output refused/m.csv
before=$(cksum <g.kgl)
refuses "another dimension, enrolled" 2 "have 47 numbers.*have 48" enroll --gallery g.kgl --append \
  --embeddings e/bad/short_rows.npy --labels e/known.txt
verdict "the gallery is as it was" [ "$(cksum <g.kgl)" = "$before" ]
refuses "fewer labels" 2 "59 lines.*60 rows" enroll --gallery refused/g.kgl \
  --embeddings e/known.npy --labels e/bad/fewer.txt
refuses "an empty label" 2 "blank.txt:5: it is empty" enroll --gallery refused/g.kgl \
  --embeddings e/known.npy --labels e/bad/blank.txt
refuses "labels that are not UTF-8" 2 "latin1.txt:1: it is not UTF-8" enroll \
  --gallery refused/g.kgl --embeddings e/known.npy --labels e/bad/latin1.txt
refuses "no such file" 2 "cannot read none.npy" "${refused[@]}" none.npy
refuses "no such gallery" 2 "there is no gallery none.kgl" match --gallery none.kgl \
  --queries e/queries.npy
refuses "threshold beyond 1" 2 "--threshold: wanted a number from -1 to 1" "${match[@]}" --threshold 1.5
refuses "threshold that is no number" 2 "--threshold" "${match[@]}" --threshold nan
refuses "top beyond the rows" 2 "--top: wanted at most the 60 rows" "${match[@]}" --top 61
refuses "top 0" 2 "--top: wanted a number from 1" "${match[@]}" --top 0
refuses "unknown first pass" 2 "--first-pass: wanted one of fp32" "${match[@]}" --first-pass fp8
refuses "output over the queries" 2 "is also --queries" "${match[@]}" --output e/queries.npy
refuses "output in no folder" 2 "there is no folder" "${match[@]}" --output none/m.csv
refuses "no command" 2 "--help" --quiet
refuses "no option" 2 "--gallery is required" match --queries e/queries.npy
cut_gallery() { head -c "$1" g.kgl >cut.kgl; }
size=$(wc -c <g.kgl)
for part in 0 10 100 $((size - 1)); do
  cut_gallery $part
  refuses "a gallery of $part bytes" 2 "cut.kgl" match --gallery cut.kgl --queries e/queries.npy \
    --output refused/m.csv
done
{ head -c $((size / 2)) g.kgl; printf '\377'; tail -c +$((size / 2 + 2)) g.kgl; } >cut.kgl
refuses "an altered gallery" 2 "altered" info --gallery cut.kgl
{ head -c 8 g.kgl; printf '\000\000\000\000'; tail -c +13 g.kgl; } >older.kgl
refuses "an older format" 2 "version 0 .*older" info --gallery older.kgl
refuses "no gallery at all" 2 "known.npy" info --gallery e/known.npy
cp g.kgl one.kgl
for k in 0 1 2 4 5 6 7 8 9 10 11; do run remove --gallery one.kgl --label "person $k" --quiet; done
run remove --gallery one.kgl --label 'Zoë, "the third"' --quiet
verdict "everybody removed" [ "$code" -eq 0 ]
refuses "an empty gallery" 2 "one.kgl is empty" match --gallery one.kgl --queries e/queries.npy
refuses "queries with NaN" 2 "give --skip-bad-rows" match --gallery g.kgl --queries e/bad/nan.npy
refuses "enrolled NaN" 2 "take such rows out$" "${refused[@]}" e/bad/nan.npy
does "queries with NaN, if asked for" nan.csv match --gallery g.kgl --queries e/bad/nan.npy \
  --skip-bad-rows --output nan.csv
verdict "match nothing" eval '! grep -Eq "^(7|9)," nan.csv && grep -q "^8,1," nan.csv'
does "a row of zeros" zero.csv match --gallery g.kgl --queries e/bad/zeros.npy --output zero.csv
says "is told" "1 of zeros"
verdict "has similarity 0" grep -q '^0,1,person 0,0,0$' zero.csv

# --- eval
eval_=(eval --gallery g.kgl --queries e/queries.npy --labels e/queries.txt)
does "eval" scores.json "${eval_[@]}" --threshold 0.85 --json scores.json
says "figures" "rank-1  *100.00 %" "mAP  *100.00 %" "150 pairs of one name, 1650 of two" "most right" -- "--threshold"
verdict "as JSON" grep -q '"mAP": 1.0' scores.json
# rows of a query's name and camera are left out
yes one | head -30 >one_camera.txt
yes one | head -60 >same_camera.txt
does "one camera" "" "${eval_[@]}" --query-cameras one_camera.txt --gallery-cameras same_camera.txt
says "leaves nobody" "0 queries ranked, 30 without a right answer" "0 pairs of one name"
{ head -12 same_camera.txt; yes two | head -48; } >two_cameras.txt
does "two cameras" "" "${eval_[@]}" --query-cameras one_camera.txt --gallery-cameras two_cameras.txt
says "leave four rows each" "30 queries ranked" "120 pairs of one name, 1650 of two"
refuses "figures over the cameras" 2 "is also --gallery-cameras" "${eval_[@]}" --json two_cameras.txt \
  --query-cameras one_camera.txt --gallery-cameras two_cameras.txt
seq 60 >rows.txt
self=(eval --gallery g.kgl --queries e/known.npy --labels e/known.txt)
does "a gallery by itself" "" "${self[@]}"
says "counts each row with itself" "300 pairs of one name"
does "a camera of its own each" "" "${self[@]}" --query-cameras rows.txt --gallery-cameras rows.txt
says "leaves out the row itself" "60 queries ranked" "240 pairs of one name"
run eval --help
says "and help tells" "rows.txt" "exit codes"
refuses "one list of cameras" 2 "go together" "${eval_[@]}" --query-cameras one_camera.txt
refuses "fewer names than queries" 2 "59 lines.*30 rows" eval --gallery g.kgl \
  --queries e/queries.npy --labels e/bad/fewer.txt
sed 's/person 5/somebody else/' e/queries.txt >strangers.txt
does "names that the gallery lacks" "" eval --gallery g.kgl --queries e/queries.npy --labels strangers.txt
says "are told" "of unknown names"

# --- compare
does "compare with itself" "" compare e/known.npy e/known.npy --labels e/known.txt
says "nothing moved" "1770 pairs" "score moved, max  *0$" "flipped at 0.8500  *0$" "rank-1.*+0.00 %"
does "compare with float16" "" compare e/known.npy e/known_half.npy
says "a little moved" "score moved, mean  *[0-9.]*e-05" "flipped at 0.8500  *0$" "most: rows"
does "compare with noise" "" compare e/known.npy e/known_noisy.npy --threshold 0.9
says "more" "score moved, max  *0.00"
refuses "other crops" 2 "60 rows and e/queries.npy 30" compare e/known.npy e/queries.npy

# --- bench
does "bench" "" bench --gallery-size 2000 --dim 64 --batch 1,3 --seconds 0.01 --quiet
says "a table" "2000 rows x 64" "first pass  *batch  *ms a batch" "int8  *3 " "same for every first pass"
refuses "no batch" 2 "--batch: wanted whole numbers" bench --batch 1,x
refuses "more than the memory" 2 "--gallery-size" bench --gallery-size 900000000 --dim 60000

# --- embed
python3 "$here/tiny_embedder.py" tiny || bad "tiny_embedder.py" "exit code $?"
embed=(embed --images tiny/pictures --size 32x32 --mean 0,0,0 --std 1,1,1)
run "${embed[@]}" --model tiny/tiny.onnx --output .trial.npy
if [[ $err =~ "without OpenCV's dnn" ]]; then
  skip "embed" "this reid was built without OpenCV's dnn"
else
  does "embed" x.npy "${embed[@]}" --model tiny/tiny.onnx --output x.npy --list names.txt --batch 4
  says "closing line" "21 pictures to 4 numbers each in x.npy (float32)"
  verdict "names in natural order" eval 'sed -n "2p;10p" names.txt | tr "\n" " " | grep -q "/2.png .*/10.png "'
  does "one picture at a time" one.npy "${embed[@]}" --model tiny/tiny_one.onnx --output one.npy
  verdict "the same bytes" cmp -s x.npy one.npy
  does "in one batch, one thread" all.npy "${embed[@]}" --model tiny/tiny.onnx --output all.npy \
    --batch 100 --threads 1
  verdict "the same bytes" cmp -s x.npy all.npy
  seq 21 | awk '{ print substr("redgreenblue", 1) }' | awk '{ print (NR % 3 == 1 ? "red" : NR % 3 == 2 ? "green" : "blue") }' >colours.txt
  run enroll --gallery c.kgl --embeddings x.npy --labels colours.txt --quiet
  run match --gallery c.kgl --queries x.npy --top 1
  verdict "red is red, blue is blue" eval \
    '[ "$(sed 1d "$work/.out" | cut -d, -f3 | cmp - colours.txt)" = "" ]'
  does "--type float16" half.npy "${embed[@]}" --model tiny/tiny.onnx --output half.npy --type float16
  run compare x.npy half.npy
  says "the same in float16" "21 x 4 float16" "score moved, max  *0$"
  refuses "a network of boxes" 2 "gives 1x2x2 numbers" "${embed[@]}" --model tiny/boxes.onnx --output refused/x.npy
  refuses "no network" 2 "is no file" "${embed[@]}" --model none.onnx --output x2.npy
  refuses "a network that is none" 2 "is no ONNX network" "${embed[@]}" --model e/known.txt --output x2.npy
  refuses "another size" 2 "cannot be run on pictures of 48x48|gives" embed --images tiny/pictures \
    --size 48x48 --model tiny/tiny.onnx --output x2.npy
  refuses "a picture that is cut off" 2 "broken/2.png" embed --images tiny/broken --size 32x32 \
    --model tiny/tiny.onnx --output x2.npy
  verdict "and no file" [ ! -e x2.npy ]
fi

# --- real embeddings
if [ -d "$data" ]; then
  oid="$data/oid_clip_a+cname.npy" lvis="$data/lvis_v1_clip_a+cname.npy"
  seq -f 'object %g' 500 >oid.txt
  does "enroll OpenImages" oid.kgl enroll --gallery oid.kgl --embeddings "$oid" --labels oid.txt
  does "match LVIS" fp32.csv match --gallery oid.kgl --queries "$lvis" --top 10 --first-pass fp32 --output fp32.csv
  verdict "ten a query" [ "$(lines fp32.csv)" -eq 12031 ]
  for pass in fp16 bf16 int8; do
    does "--first-pass $pass" p.csv match --gallery oid.kgl --queries "$lvis" --top 10 --first-pass $pass --output p.csv
    verdict "the same bytes" cmp -s fp32.csv p.csv
  done
  does "OpenImages knows itself" self.csv match --gallery oid.kgl --queries "$oid" --top 1 --output self.csv
  verdict "every row scores 1" eval '[ "$(sed 1d self.csv | awk -F, "\$5 < 0.999999" | wc -l)" -eq 0 ]'
else
  skip "real embeddings" "no test data at $data (set KERNELS_TEST_DATA)"
fi
finish
