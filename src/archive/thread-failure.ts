import { FailureError } from './failure';

/** Only what a running script throws has a message: without one the script could not be fetched, or is not one. */
export function failureOf(event: Event): FailureError {
  if (event.type === 'messageerror') return threadFailure('worker-died', 'an answer could not be read');
  const message = 'message' in event ? String(event.message) : '';
  return message ? threadFailure('worker-died', message) : threadFailure('worker-not-loaded', '');
}

export function threadFailure(reason: 'worker-died' | 'worker-not-loaded', message: string): FailureError {
  return new FailureError({ kind: 'internal', reason, message, stack: undefined });
}
