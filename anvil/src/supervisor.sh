# Runs one program on a leash. See leash.rs for what this promises.
#
#   sh supervisor.sh STOP_SIGNAL PATIENCE_TENTHS SCRATCH_FOLDER PROGRAM [ARGUMENT...]
#
# Standard input is the lifeline: each line is a signal to pass on, its end means that the owner let go or died.
# Standard output tells the owner what happens; standard error is the program's log.

stop_signal=$1 patience=$2 scratch=$3
shift 3
exec 3<&0 </dev/null

"$@" 3<&- >&2 &
child=$!

# The owner may be gone by the time there is something to tell it.
trap '' PIPE
echo "started $child"

(
    while read -r signal; do kill -s "$signal" "$child"; done
    # From here on there is a `sleep` to wait for: an orphan would stay a zombie where process 1 does not reap.
    trap exit TERM
    kill -s "$stop_signal" "$child"
    while kill -s 0 "$child" && [ "$patience" -gt 0 ]; do
        sleep 0.1
        patience=$((patience - 1))
    done
    kill -s KILL "$child"
) <&3 >/dev/null 2>&1 &
watcher=$!

wait "$child"
code=$?
{ kill "$watcher" && wait "$watcher"; } 2>/dev/null
echo "ended $code"

# The owner may still read the log, or start another program on the same folder.
while read -r line; do
    if [ "$line" = keep ]; then scratch=; fi
done <&3

# A program that was killed may have left children that write for a moment longer.
if [ -n "$scratch" ]; then
    cd / && { rm -rf -- "$scratch" || { sleep 1 && rm -rf -- "$scratch"; }; }
fi
