// What a piece of pure work costs, told by the processor's time and not the clock's: what else the
// machine does at the moment does not count.
import { cpuUsage } from 'node:process';

/** Milliseconds of processor time that this process has used so far. */
export function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}
