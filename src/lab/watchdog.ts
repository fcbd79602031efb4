// Ends the lab's servers and removes its folder when the process that started them is gone, also
// after SIGKILL or a crash: a shell of its own session that reads a pipe this process holds open.
import { type ChildProcess, spawn } from 'node:child_process';
import { InterlockError } from '../errors.js';

/**
 * Each line is a pid. At the end of the pipe every one of them whose command line still names the
 * folder gets SIGKILL: by then a pid may belong to somebody else. Then the folder goes.
 */
const SCRIPT = `
trap '' INT TERM HUP
folder=$1
pids=
while read -r pid; do pids="$pids $pid"; done
for pid in $pids; do
  said=$( { tr '\\0' ' ' <"/proc/$pid/cmdline" || ps -o args= -p "$pid"; } 2>/dev/null)
  case $said in *"$folder"*) kill -9 "$pid" 2>/dev/null ;; esac
done
tries=0
while [ -e "$folder" ] && [ "$tries" -lt 50 ]; do
  rm -rf "$folder" 2>/dev/null
  [ -e "$folder" ] && sleep 0.1
  tries=$((tries + 1))
done
`;

export class Watchdog {
  readonly #child: ChildProcess;
  readonly #pipe: NodeJS.WritableStream;

  private constructor(child: ChildProcess, pipe: NodeJS.WritableStream) {
    this.#child = child;
    this.#pipe = pipe;
  }

  static guard(folder: string): Watchdog {
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'interlock-lab', folder], {
      cwd: '/',
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    if (child.pid === undefined || child.stdin === null) {
      throw new InterlockError('LAB_FAILED', 'cannot start /bin/sh, which cleans up after servers');
    }
    child.stdin.on('error', () => undefined);
    child.unref();
    return new Watchdog(child, child.stdin);
  }

  /** To be called in the turn in which the process was spawned. */
  watch(pid: number): void {
    this.#pipe.write(`${pid}\n`);
  }

  /** Ends what is left and removes the folder now; resolves when that is done. */
  release(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#child.ref();
      this.#child.once('exit', () => resolve());
      this.#pipe.end();
    });
  }
}
