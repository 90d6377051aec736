#!/usr/bin/env bash
# Put the text in $COMMENT into a comment on $PULL_REQUEST: the one that an earlier run has left,
# found by its hidden first line, or a new one. Comments of people are left alone.
set -euo pipefail

MARK=$(head -n 1 "$COMMENT")
export MARK
comments="repos/$GH_REPO/issues/$PULL_REQUEST/comments"

give_up() {
    echo "::warning::the plan stands in the job's summary; it could not be commented: may the token write to pull requests?"
    exit 0
}

own=$(gh api --paginate "$comments" --jq \
    '.[] | select(.user.type == "Bot" and (.body | startswith(env.MARK))) | .id') || give_up
own=$(head -n 1 <<<"$own")
if [ -n "$own" ]; then
    gh api --silent --method PATCH "repos/$GH_REPO/issues/comments/$own" --field "body=@$COMMENT" || give_up
else
    gh api --silent --method POST "$comments" --field "body=@$COMMENT" || give_up
fi
