# Sourced by test: the table of faults and attacks, made from what the tests say they saw.

fault_report=

begin_faults() {
  fault_report=$(mktemp)
  export INGEST_FAULTS=full INGEST_FAULT_REPORT=$fault_report
}

end_faults() {
  if [[ -n $fault_report ]]; then rm -f "$fault_report"; fi
}

# A row for each fault that passed, in the order of the parts.
fault_table() {
  echo '| | Fault or attack | Promise | Test | Runs | Result |'
  echo '|---|---|---|---|---|---|'
  LC_ALL=C sort -t $'\t' -k1,1n -k5,5 "$fault_report" |
    awk -F '\t' '{ part = $2 == last ? "" : $2; last = $2; printf "| %s | %s | %s | `%s` | %s | %s |\n", part, $3, $4, $5, $6, $7 }'
}

# Prints the table; with UPDATE_DOCS set, and all of it run, it is written to the document too.
show_faults() {
  if [[ -z $fault_report ]]; then return; fi
  fault_table
  if [[ -n ${UPDATE_DOCS:-} ]]; then
    local table
    table=$(mktemp)
    fault_table >"$table"
    sed -i -e '/<!-- generated: begin -->/,/<!-- generated: end -->/{//!d}' -e "/<!-- generated: begin -->/r $table" docs/reliability.md
    rm -f "$table"
  fi
}
