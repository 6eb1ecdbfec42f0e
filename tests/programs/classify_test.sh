#!/usr/bin/env bash
# Runs the program classify as a user would: classify_test.sh BIN_DIR
# One line a case; exit code 1 if any failed. KERNELS_TEST_DATA names the folder of real embeddings
# (default: ../shared/data beside the checkout); cases that need it are skipped where it is missing.
. "$(dirname "$0")/program_cases.sh"
needs_programs "${1:-}" classify
data=$data/embeddings
cd "$work" || exit 1
program=classify

if ! command -v python3 >/dev/null; then
  skip "classify" "no python3 to make embeddings with"
  finish
fi
python3 "$here/embeddings.py" e || bad "embeddings.py" "exit code $?"
classes=(--classes e/classes.npy --names e/classes.txt)
rows=(--embeddings e/known.npy "${classes[@]}")

does "classify" c.csv "${rows[@]}" --output c.csv
says "closing lines" "60 rows to 3 of 6 classes in c.csv (temperature 0.0" "60 x 48 float32" "person 0"
verdict "header" [ "$(head -1 c.csv)" = "row,rank,name,similarity,probability" ]
verdict "three a row" [ "$(lines c.csv)" -eq 181 ]
verdict "of numbers from 0 to 1 at the end" [ "$(sed 1d c.csv |
  grep -Evc '^[0-9]+,[123],.*,-?[0-9.]+(e-[0-9]+)?,(0|1|0\.[0-9]+|[0-9.]+e-[0-9]+)$')" -eq 0 ]
# people 0 to 5 are the classes; row k is of person k mod 12
verdict "who is a class is found" eval \
  'sed 1d c.csv | sed "s/\"Zoë, \"\"the third\"\"\"/person 3/" | awk -F, "\$2 == 1 && \$1 % 12 < 6 {
     n++; if (\$3 != \"person \" \$1 % 12 || \$4 < 0.8 || \$5 < 0.99) bad++ } END { exit n != 30 || bad > 0 }"'
verdict "quotes where a name needs them" grep -q '^3,1,"Zoë, ""the third""",' c.csv
does "--top 6" all.csv "${rows[@]}" --top 6 --output all.csv
verdict "probabilities sum to 1" eval \
  'sed 1d all.csv | awk -F, "{ s[\$1] += \$NF } END { for (k in s) if (s[k] < 0.99999 || s[k] > 1.00001) bad++; exit bad > 0 }"'
verdict "the first three are the same" eval 'awk "NR == 1 || /^[0-9]+,[123],/" all.csv | cmp -s - c.csv'
does "--temperature 10" warm.csv "${rows[@]}" --top 6 --temperature 10 --output warm.csv
verdict "nobody is sure" eval \
  'sed 1d warm.csv | awk -F, "\$NF < 0.1 || \$NF > 0.25 { bad++ } END { exit bad > 0 }"'
does "--threads 1, --quiet" one.csv "${rows[@]}" --threads 1 --quiet --output one.csv
verdict "the same bytes, nothing said" eval '[ -z "$out" ] && cmp -s c.csv one.csv'

for case in "fortran:Fortran order" "big_endian:big-endian" "integers:type '<i8'" "cut:cut off" \
  "longer:left over" "huge:cut off" "cube:no matrix" "nothing:no embeddings" "nan:row 7" \
  "text:no .npy" "empty:it is empty" "version9:version 9.0" "short_rows:have 47 numbers"; do
  refuses "${case%%:*}" 2 "${case%%:*}.npy.*${case#*:}" --embeddings "e/bad/${case%%:*}.npy" \
    "${classes[@]}" --output refused/c.csv
done
refuses "classes with NaN" 2 "nan.npy: row 7" --embeddings e/known.npy --classes e/bad/nan.npy \
  --names e/known.txt --output refused/c.csv
refuses "more names than classes" 2 "60 lines.*6 rows" --embeddings e/known.npy \
  --classes e/classes.npy --names e/known.txt --output refused/c.csv
refuses "top beyond the classes" 2 "--top: wanted at most the 6 classes" "${rows[@]}" --top 7 --output refused/c.csv
does "the least temperature" "cold.csv" "${rows[@]}" --temperature 1e-6 --output cold.csv
refuses "temperature 0" 2 "--temperature: wanted" "${rows[@]}" --temperature 0 --output refused/c.csv
refuses "temperature NaN" 2 "--temperature" "${rows[@]}" --temperature nan --output refused/c.csv
refuses "output over the names" 2 "is also --names" "${rows[@]}" --output e/classes.txt
refuses "no output" 2 "--output is required" "${rows[@]}"
does "NaN, if asked for" nan.csv --embeddings e/bad/nan.npy "${classes[@]}" --skip-bad-rows --output nan.csv
verdict "has no class" eval '! grep -Eq "^(7|9)," nan.csv && grep -q "^8,1," nan.csv'

if [ -d "$data" ]; then
  seq -f 'object %g' 80 >coco.txt
  does "LVIS by the names of COCO" lvis.csv --embeddings "$data/lvis_v1_clip_a+cname.npy" \
    --classes "$data/coco_clip_a+cname.npy" --names coco.txt --output lvis.csv
  verdict "three a row" [ "$(lines lvis.csv)" -eq 3610 ]
  does "COCO by itself" coco.csv --embeddings "$data/coco_clip_a+cname.npy" \
    --classes "$data/coco_clip_a+cname.npy" --names coco.txt --top 1 --output coco.csv
  verdict "finds itself" eval 'sed 1d coco.csv | awk -F, "\$3 != \"object \" \$1 + 1 { bad++ } END { exit bad > 0 }"'
else
  skip "real embeddings" "no test data at $data (set KERNELS_TEST_DATA)"
fi
finish
