import { lazy } from 'react';
import type { View } from '../../store/address';
import type { FilePart, Viewer } from './viewer';

/** In the order of the tabs. The first that supports a file is what its type chooses. */
export const VIEWERS = [
  {
    view: 'text',
    label: 'Text',
    supports: ({ text }) => text !== undefined,
    Component: lazy(() => import('./TextViewer')),
  },
  {
    view: 'hex',
    label: 'Hex',
    supports: () => true,
    Component: lazy(() => import('./HexViewer')),
  },
] as const satisfies readonly Viewer[];

export interface ViewerChoice {
  /** What can show this file. */
  readonly viewers: readonly Viewer[];
  readonly chosen: Viewer;
}

/** The viewers of a file, and the one that is shown: the one wanted, unless it cannot. */
export function chooseViewer(part: FilePart, wanted: View | undefined): ViewerChoice {
  const viewers = VIEWERS.filter(({ supports }) => supports(part));
  // Hex supports everything.
  const [first = VIEWERS[1]] = viewers;
  return { viewers, chosen: viewers.find(({ view }) => view === wanted) ?? first };
}
