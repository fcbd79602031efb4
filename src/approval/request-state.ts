// The state of a request as a store has it in words.
import type { RequestState } from './store.js';

const STATES: readonly RequestState[] = ['open', 'used', 'denied', 'expired', 'restored'];

/** A word that we never wrote opens nothing. */
export function requestStateOf(value: unknown): RequestState {
  return STATES.find((state) => state === value) ?? 'expired';
}
