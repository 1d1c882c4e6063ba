import { test } from './support/explorer';
import { NAR, networkFact, PASSING, saveInSpite } from './support/faults';

/** The same without a listing: the NAR is read whole. What is asked for is the same in every engine. */
for (const passing of PASSING.filter(({ where }) => where === NAR)) {
  const fault = `${passing.fault}, without .ls`;
  test(`${fault}: the tree and the saved file are right`, async ({ explorer, cache, corpus, engineName }) => {
    cache.misbehave(/\.ls$/, { kind: 'status', status: 404 });
    await saveInSpite(passing, { explorer, cache, corpus });
    networkFact(fault, 'the tree stands and the saved file is right', engineName);
  });
}
