import type { Target } from './target';
import { addressesTarget } from './targets/addresses';
import { codecTargets } from './targets/codecs';
import { exportTarget } from './targets/export-stream';
import { narTarget } from './targets/nar';
import { noneTarget } from './targets/none';
import { cacheInfoTarget, derivationTarget, listingTarget, narInfoTarget } from './targets/texts';
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
