# What `make demo` shows. Usage: sh docs/demo.sh CORPUS OUTPUT-FOLDER, with khabar on the path.
set -eu
corpus=$1
output=$2
store=$output/store

say() { printf '\n%s\n' "$*"; }
ask() {
    say "$1"
    shift
    printf '$ khabar query %s --on %s\n\n' "$*" "$store"
    khabar query "$@" --on "$store"
}

mkdir -p "$output"
say "1. Check the records: syntax, references, dates, chains, evidence, shapes."
khabar check "$corpus"

say "2. Build the graph as Turtle, for people, and as N-Quads, for machines."
khabar build "$corpus" -o "$output/corpus.ttl"
khabar build "$corpus" -o "$output/corpus.nq"

say "3. Load it into an embedded triple store."
khabar load "$corpus" --to "$store"

say "4. Ask the store."
ask "Who met whom, and when? Dates are as exact as the article is." meetings-attendance
ask "What was put forward by one and denied by another, directly or through what it entails?" put-forward-and-denied
ask "What is known of port and base access, according to whom, and how certain is it?" access-claims
ask "Which claims rest on unnamed sources alone, and for whom do these speak?" unnamed-sources-alone
ask "The same in Arabic: who denied what, and through whom?" denials --param lang=ar

say "The Turtle is in $output/corpus.ttl. More questions: .venv/bin/khabar queries"
