// What the kernel says a process has used: CPU time and resident memory, from /proc (Linux).
import { readFileSync } from 'node:fs';

/** Ticks a second in /proc: the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** Fields of /proc/PID/stat counted from behind the program's name. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** User and system time of all its threads, and of its children's, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + ownCpuMicroseconds(each), 0);
}

/** Workers, where there are any: started before anything is measured, and ended after it. */
function childrenOf(pid: number): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

function ownCpuMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]);
  return (ticks * 1_000_000) / TICKS_PER_SECOND;
}

export function residentKib(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
}
