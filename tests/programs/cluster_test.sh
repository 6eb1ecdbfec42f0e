#!/usr/bin/env bash
# Runs the program cluster as a user would: cluster_test.sh BIN_DIR
# One line a case; exit code 1 if any failed. KERNELS_TEST_DATA names the folder of real embeddings
# (default: ../shared/data beside the checkout); cases that need it are skipped where it is missing.
. "$(dirname "$0")/program_cases.sh"
needs_programs "${1:-}" cluster
data=$data/embeddings
cd "$work" || exit 1
program=cluster

if ! command -v python3 >/dev/null; then
  skip "cluster" "no python3 to make embeddings with"
  finish
fi
python3 "$here/embeddings.py" e || bad "embeddings.py" "exit code $?"
crowd=(--embeddings e/crowd.npy)

# the groups that the embeddings were made of, whatever their numbers; noise is -1 in both
as_made() { # LABELS
  paste -d' ' e/crowd.txt "$1" | awk '
    ($1 < 0) != ($2 < 0) { wrong++ }
    $1 >= 0 { if ($1 in a && a[$1] != $2) wrong++; a[$1] = $2 }
    $2 >= 0 { if ($2 in b && b[$2] != $1) wrong++; b[$2] = $1 }
    END { exit wrong > 0 }'
}

# the same but that rows of nobody may lie at the edge of a group, as hdbscan has it
about_as_made() { # LABELS
  paste -d' ' e/crowd.txt "$1" | awk '
    $1 < 0 { if ($2 < 0) noise++; next }
    $2 < 0 || ($1 in a && a[$1] != $2) || ($2 in b && b[$2] != $1) { wrong++ }
    { a[$1] = $2; b[$2] = $1 }
    END { exit wrong > 0 || noise < 12 }'
}

# --- methods
does "hdbscan" h.txt "${crowd[@]}" --output h.txt --report r.json
says "closing table" "8 clusters, [0-9]* rows of noise in h.txt (hdbscan, cosine)" "120 x 48 float32" \
  "sizes 1[0-9]*, " "total"
verdict "one integer a line" [ "$(grep -Ec '^(-1|[0-9]+)$' h.txt)" -eq 120 ]
verdict "the groups it was made of" about_as_made h.txt
for word in '"clusters": 8' '"noise":' '"sizes":' '"min_cluster_size": 5' '"min_samples": 5' \
  '"probabilities":' '"seconds":' '"method": "hdbscan"'; do
  verdict "report: $word" grep -q "$word" r.json
done
while IFS='|' read -r name arguments; do
  # shellcheck disable=SC2086
  does "$name" m.txt "${crowd[@]}" --output m.txt $arguments
  case $name in
    hdbscan*) verdict "the groups it was made of" about_as_made m.txt ;;
    *) verdict "the groups it was made of" as_made m.txt ;;
  esac
  # shellcheck disable=SC2086
  does "$name, one thread" one.txt "${crowd[@]}" --output one.txt $arguments --threads 1 --quiet
  verdict "the same bytes" cmp -s m.txt one.txt
done <<'CASES'
hdbscan euclidean|--metric euclidean
hdbscan leaf, min samples|--selection leaf --min-samples 3 --alpha 1.1
hdbscan min cluster size|--min-cluster-size 8
dbscan|--method dbscan --eps 0.3
dbscan min samples|--method dbscan --eps 0.25 --min-samples 3
dbscan euclidean|--method dbscan --metric euclidean --eps 3
threshold|--method threshold --threshold 0.8 --min-cluster-size 5
threshold euclidean|--method threshold --metric euclidean --threshold 3 --min-cluster-size 5
single|--method single --threshold 0.8 --min-cluster-size 5
average|--method average --threshold 0.7 --min-cluster-size 5
average into|--method average --clusters 28 --min-cluster-size 5
average euclidean|--method average --metric euclidean --threshold 4 --min-cluster-size 5
complete|--method complete --threshold 0.6 --min-cluster-size 5
whispers|--method whispers --threshold 0.7 --seed 3 --min-cluster-size 5
CASES
does "threshold, alone ones too" t.txt "${crowd[@]}" --method threshold --threshold 0.8 --output t.txt
says "are clusters" "28 clusters, 0 rows of noise"
verdict "no noise" eval '! grep -q -e -1 t.txt'
does "max cluster size" x.txt "${crowd[@]}" --max-cluster-size 12 --output x.txt
does "epsilon, single cluster" x.txt "${crowd[@]}" --epsilon 0.2 --allow-single-cluster --output x.txt
does "--quiet" q.txt "${crowd[@]}" --output q.txt --quiet
verdict "says nothing, the same" eval '[ -z "$out" ] && cmp -s h.txt q.txt'

# --- the contact sheet
sheet=("${crowd[@]}" --images e/colours.txt --output l.txt)
does "contact sheet" s.jpg "${sheet[@]}" --contact-sheet s.jpg
verdict "JPEG" [ "$(head -c 3 s.jpg | od -An -tx1 | tr -d ' ')" = ffd8ff ]
verdict "and labels" cmp -s h.txt l.txt
does "contact sheet, PNG" s.png "${sheet[@]}" --contact-sheet s.png --sheet-rows 3 --sheet-columns 5
verdict "PNG" [ "$(head -c 4 s.png | tail -c 3)" = PNG ]
says "which clusters are drawn" "the 3 largest clusters in s.png"
refuses "rows of no sheet" 2 "--sheet-rows means nothing without" "${crowd[@]}" --output refused/l.txt \
  --sheet-rows 3
cp e/crowd.npy $'caf\xe9.npy'
does "a file name that is not UTF-8" latin.json --embeddings $'caf\xe9.npy' --output l.txt --report latin.json
verdict "is no hindrance" grep -q '"rows": 120' latin.json
refuses "fewer pictures" 2 "119 lines.*120 rows" "${crowd[@]}" --output refused/l.txt \
  --contact-sheet refused/s.jpg --images e/colours_fewer.txt
sed '5s/.*/colours\/none.png/' e/colours.txt >e/one_missing.txt
refuses "a picture that is missing" 2 "one_missing.txt:5: there is no picture" "${crowd[@]}" \
  --output refused/l.txt --contact-sheet refused/s.jpg --images e/one_missing.txt
head -c 60 e/colours/0.png >e/colours/cut.png
sed 's/.*/colours\/cut.png/' e/colours.txt >e/cut.txt
refuses "a picture that is cut off" 2 "cut.png" "${crowd[@]}" --output refused/l.txt \
  --contact-sheet refused/s.jpg --images e/cut.txt --report refused/r.json
refuses "a sheet without pictures" 2 "go together" "${crowd[@]}" --output refused/l.txt --contact-sheet refused/s.jpg
refuses "a sheet of no known kind" 2 "--contact-sheet: wanted" "${sheet[@]}" --contact-sheet refused/s.pdf

# --- files appear together or not at all
cp h.txt kept.txt
all=("${crowd[@]}" --min-cluster-size 8 --images e/colours.txt --contact-sheet refused/s.png)
refuses "no room for the report" 1 "cannot write /dev/full" "${all[@]}" --output kept.txt --report /dev/full
verdict "labels of before are as they were" cmp -s h.txt kept.txt
refuses "no room for the labels" 1 "cannot write /dev/full" "${all[@]}" --output /dev/full --report refused/r.json
does "report to the screen" p.txt "${crowd[@]}" --output p.txt --report /dev/fd/1 --quiet
verdict "is one, with labels" eval 'grep -q "\"clusters\": 8" "$work/.out" && cmp -s h.txt p.txt'

# --- bad input
for case in "fortran:Fortran order" "big_endian:big-endian" "integers:type '<i8'" "cut:cut off" \
  "longer:left over" "huge:cut off" "cube:no matrix" "nothing:no embeddings" "nan:row 7" \
  "text:no .npy" "empty:it is empty" "version9:version 9.0"; do
  refuses "${case%%:*}" 2 "${case%%:*}.npy.*${case#*:}" --embeddings "e/bad/${case%%:*}.npy" \
    --output refused/l.txt --report refused/r.json
done
does "NaN, if asked for" n.txt --embeddings e/bad/nan.npy --skip-bad-rows --output n.txt
verdict "is noise" [ "$(sed -n '8p;10p' n.txt | tr '\n' ' ')" = "-1 -1 " ]
says "and told" "2 not finite"
out_=(--output refused/l.txt)
refuses "no embeddings" 2 "--embeddings is required" "${out_[@]}"
refuses "unknown method" 2 "--method: wanted one of hdbscan" "${crowd[@]}" "${out_[@]}" --method kmeans
refuses "unknown metric" 2 "--metric: wanted one of cosine" "${crowd[@]}" "${out_[@]}" --metric l1
refuses "dbscan without eps" 2 "needs --eps" "${crowd[@]}" "${out_[@]}" --method dbscan
refuses "eps below 0" 2 "--eps: wanted" "${crowd[@]}" "${out_[@]}" --method dbscan --eps -1
refuses "eps for hdbscan" 2 "--eps means nothing to hdbscan" "${crowd[@]}" "${out_[@]}" --eps 1
refuses "threshold beyond 1" 2 "--threshold: wanted a number from -1 to 1" "${crowd[@]}" "${out_[@]}" \
  --method threshold --threshold 1.01
refuses "threshold that is no number" 2 "--threshold" "${crowd[@]}" "${out_[@]}" --method threshold --threshold nan
refuses "average without a cut" 2 "one of --threshold and --clusters" "${crowd[@]}" "${out_[@]}" --method average
refuses "clusters of one" 2 "--min-cluster-size: wanted a number from 2" "${crowd[@]}" "${out_[@]}" \
  --min-cluster-size 1
refuses "output over the input" 2 "is also --embeddings" "${crowd[@]}" --output e/crowd.npy
refuses "two outputs of one name" 2 "is also --report" "${crowd[@]}" "${out_[@]}" --report refused/l.txt

# --- Ctrl-C: the grouping of so many rows takes minutes
python3 - <<'MAKE'
import random
random_ = random.Random(7)
rows = 1 << 16
with open("many.npy", "wb") as file:
    head = "{'descr': '|i1', 'fortran_order': False, 'shape': (%d, 1024), }" % rows
    head += " " * (117 - len(head)) + "\n"
    file.write(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode())
    file.write(random_.randbytes(rows * 1024))
MAKE
"$bin/cluster" --embeddings many.npy --output many.txt --threads 1 2>many.err &
sleep 3
kill -INT $!
wait $!
code=$?
verdict "Ctrl-C ends it" [ "$code" -eq 130 ]
verdict "in a line, with no file" eval \
  'grep -q "^cluster: stopped" many.err && [ "$(lines many.err)" -eq 1 ] && [ ! -e many.txt ]'

# --- real embeddings
if [ -d "$data" ]; then
  does "OpenImages, hdbscan" o.txt --embeddings "$data/oid_clip_a+cname.npy" --min-cluster-size 3 --output o.txt
  verdict "a label a row" [ "$(lines o.txt)" -eq 500 ]
  does "LVIS, average" a.txt --embeddings "$data/lvis_v1_clip_a+cname.npy" --method average --threshold 0.85 --output a.txt
  verdict "a label a row" [ "$(lines a.txt)" -eq 1203 ]
else
  skip "real embeddings" "no test data at $data (set KERNELS_TEST_DATA)"
fi
finish
