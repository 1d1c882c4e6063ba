import { type Failure, toFailure } from './failure';

/** What a service method answers: comlink keeps only an Error's message, so failures are values. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export function succeed<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function fail(failure: Failure): Outcome<never> {
  return { ok: false, failure };
}

/** Runs the work and answers what came of it; nothing is thrown. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return succeed(await work());
  } catch (error) {
    return fail(toFailure(error));
  }
}
