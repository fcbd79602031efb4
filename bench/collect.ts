// SIGUSR2 collects all garbage of this process and gives back what the heap no longer needs, its young
// generation too: what is left is what is used. For whoever is measured, the relay and Interlock alike.
import { Session } from 'node:inspector';
import process from 'node:process';

export function collectOnSignal(): void {
  const inspector = new Session();
  inspector.connect();
  process.on('SIGUSR2', () => inspector.post('HeapProfiler.collectGarbage'));
}
