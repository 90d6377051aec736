#!/usr/bin/env bash
# Validate $MANIFESTS; with $SITEWALK_MEDIA_ROOT also plan, and put the plan into the job's summary
# and into a comment on $PULL_REQUEST.
set -euo pipefail

shopt -s nullglob
IFS=$'\n'
# The pattern is the workflow's own; names it matches may come from the pull request.
# shellcheck disable=SC2206 # it is meant to expand
manifests=($MANIFESTS)
if [ ${#manifests[@]} -eq 0 ]; then
    echo "::error::no manifest matches $MANIFESTS"
    exit 2
fi

if [ -z "${SITEWALK_MEDIA_ROOT:-}" ]; then
    sitewalk validate --without-files --format github -- "${manifests[@]}"
    exit
fi

sitewalk validate --format github -- "${manifests[@]}"
body=$(mktemp)
trap 'rm -f "$body"' EXIT
status=0
plan=$(sitewalk plan -- "${manifests[@]}") || status=$?
{
    echo "### sitewalk plan"
    echo
    # Four spaces make it code, whatever names stand in it; a comment holds 65,536 characters.
    sed 's/^/    /' <<<"${plan:0:50000}"
} >"$body"
cat "$body" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
if [ -n "${PULL_REQUEST:-}" ]; then
    gh pr comment "$PULL_REQUEST" --edit-last --create-if-none --body-file "$body" ||
        echo "::warning::the plan stands in the job's summary; it could not be commented: may the token write to pull requests?"
fi
exit "$status"
