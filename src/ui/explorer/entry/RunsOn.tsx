import { type Portability, portabilityOf } from '../../../nix/portability';
import { displayText } from '../../../nix/text';
import { usePreview } from '../../../store/hooks';
import styles from './Entry.module.css';

interface Props {
  readonly row: number;
  /** Bytes of the file. */
  readonly size: number;
}

/** Whether an executable will start, by its first bytes, as soon as they are there. */
export function RunsOn({ row, size }: Props) {
  const state = usePreview((preview) => preview.state);
  const isHead = state.status === 'ready' && state.range.row === row && state.range.fileOffset === 0;
  const portability = isHead ? portabilityOf(state.bytes, state.bytes.length === size) : undefined;
  if (!portability) return <span className={styles.dim}>known when its first bytes have been read</span>;
  const { what, why } = sentenceOf(portability);
  return (
    <span data-portability={portability.kind}>
      <strong>{what}</strong> — {why}
    </span>
  );
}

function sentenceOf(portability: Portability): { readonly what: string; readonly why: string } {
  switch (portability.kind) {
    case 'static':
    case 'static-pie': {
      const { machine, isLinux, kind } = portability;
      return {
        what: isLinux ? `any ${machine} Linux` : machine,
        why: `${kind}, needs no loader and no libraries`,
      };
    }
    case 'dynamic': {
      const { machine, loader } = portability;
      const isOfNix = loader.startsWith('/nix/store/');
      return {
        what: isOfNix ? `${machine} Linux with Nix’s loader` : `${machine} Linux with its libraries`,
        why: `dynamic, does not start without ${displayText(loader)}`,
      };
    }
    case 'script':
      return {
        what: `where ${displayText(portability.interpreter)} is`,
        why: 'a script, which that program runs',
      };
    case 'not-a-program':
      return { what: 'nothing', why: 'it is no program that a system starts by itself' };
  }
}
