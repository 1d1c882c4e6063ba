import type { Group } from '../row';
import { decodeGroups } from './decode';
import { loadGroups } from './load';
import { mainThreadGroups } from './main-thread';
import { memoryGroups } from './memory';
import { pipelineGroups } from './pipeline';
import { saveGroups } from './save';
import { treeGroups } from './tree';

/** The whole table, in its order. */
export const GROUPS: readonly Group[] = [
  ...decodeGroups,
  ...pipelineGroups,
  ...saveGroups,
  ...treeGroups,
  ...memoryGroups,
  ...mainThreadGroups,
  ...loadGroups,
];
