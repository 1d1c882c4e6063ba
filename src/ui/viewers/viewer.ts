import type { ComponentType, LazyExoticComponent } from 'react';
import type { View } from '../../store/address';

/** The part of a file that is shown. */
export interface FilePart {
  readonly bytes: Uint8Array;
  /** Of its first byte. */
  readonly fileOffset: number;
  readonly fileSize: number;
  /** The bytes as text, when they begin the file and are text. */
  readonly text: string | undefined;
}

export interface ViewerProps {
  readonly part: FilePart;
}

/** One way to look at a file. */
export interface Viewer {
  /** Names it in addresses. */
  readonly view: View;
  readonly label: string;
  readonly supports: (part: FilePart) => boolean;
  /** Its code is loaded when it is first wanted. */
  readonly Component: LazyExoticComponent<ComponentType<ViewerProps>>;
}
