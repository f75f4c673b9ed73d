# Sourced by each language's test.sh: how thorough its stress tests are. XTAP_STRESS=full asks for all their
# rounds, and a run that is to be short (XTAP_TEST_SIZE=reduced) for a fifth of them, which it says for the end of ./dev test.
if [ "${XTAP_STRESS:-}" = full ] && [ "${XTAP_TEST_SIZE:-}" = reduced ]; then
    export XTAP_STRESS=reduced
    echo "REDUCED: a fifth of the rounds"
fi
