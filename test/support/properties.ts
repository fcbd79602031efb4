// Properties are tried with the same inputs on every run, so that one that fails fails again.
// INTERLOCK_SEED=N tries others.
import { env } from 'node:process';
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(env.INTERLOCK_SEED ?? 1) });

export { fc };
