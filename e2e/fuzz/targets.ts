import type { Target } from './target';
import { addressesTarget } from './targets/addresses';
import { codecTargets } from './targets/codecs';
import { derivationTarget } from './targets/derivation';
import { exportTarget } from './targets/export-stream';
import { cacheInfoTarget, narInfoTarget } from './targets/lines';
import { listingTarget } from './targets/listing';
import { narTarget } from './targets/nar';
import { noneTarget } from './targets/none';
import { wordsTarget } from './targets/words';

/** Everything that reads bytes or texts of strangers. */
export const TARGETS: readonly Target[] = [
  narTarget,
  narInfoTarget,
  listingTarget,
  cacheInfoTarget,
  derivationTarget,
  exportTarget,
  addressesTarget,
  wordsTarget,
  noneTarget,
  ...codecTargets,
];
