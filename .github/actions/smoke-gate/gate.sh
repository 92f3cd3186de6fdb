# Runs `smoke gate` for the action. Until it has decided, and exited as it decided, the outputs say "block".
set -euo pipefail

refuse() {
  echo "::error title=smoke gate::$1"
  exit 2
}

cat >>"$GITHUB_OUTPUT" <<'CLOSED'
passed=false
outcome=INCONCLUSIVE
action=block
reason=the gate ended before it decided; its log says why
CLOSED

case "$POINT" in '' | -*) refuse "point names an execution point, such as canary-5" ;; esac
options=("--build-wait=$BUILD_WAIT")
case "$DRY_RUN" in true) options+=(--dry-run) ;; false) ;; *) refuse "dry-run is true or false" ;; esac
case "$THEN_VERIFY" in true) options+=(--then-verify) ;; false) ;; *) refuse "then-verify is true or false" ;; esac
case "$CHECKLIST" in true) options+=(--checklist) ;; false) ;; *) refuse "checklist is true or false" ;; esac
while read -r path; do
  if [ -n "$path" ]; then options+=("--new-endpoints=$path"); fi
done <<<"$NEW_ENDPOINTS"
if [ -n "$PREVIOUS_BUILD" ]; then options+=("--previous-build=$PREVIOUS_BUILD"); fi

said=$(mktemp)
code=0
GITHUB_OUTPUT=$said "$HARNESS/.venv/bin/smoke" gate "$POINT" "${options[@]}" || code=$?
value() { sed -n "s/^$1=//p" "$said" | tail -n 1; }

case "$code:$(value passed)" in
  0:true) cat "$said" >>"$GITHUB_OUTPUT" ;;
  [1-9]*:false)
    cat "$said" >>"$GITHUB_OUTPUT"
    echo "::error title=smoke gate $(value action)::$POINT: $(value reason)"
    ;;
  *)
    [ "$code" != 0 ] || code=3
    echo "::error title=smoke gate INCONCLUSIVE::$POINT: no decision; it ended with exit code $code"
    ;;
esac
exit "$code"
