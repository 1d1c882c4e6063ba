import type { StartHashing } from './hashing';
import { threadFailure } from './thread-failure';

/** Hashing on the thread that asks for it, with code that is loaded then. */
export const hashingHere: StartHashing = async (algorithm) => {
  const { startHashingHere } = await import('./local-hashing').catch((error: unknown) => {
    throw threadFailure('worker-not-loaded', String(error));
  });
  return startHashingHere(algorithm);
};
