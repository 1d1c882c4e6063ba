import { type KeyboardEvent, Suspense, useId, useMemo, useRef } from 'react';
import { formatIec, groupDigits } from '../../nix/format';
import type { View } from '../../store/address';
import { useAddress, useStores } from '../../store/hooks';
import buttons from '../shared/buttons.module.css';
import { classes } from '../shared/classes';
import styles from './Preview.module.css';
import { PART_SIZE } from './preview-plan';
import { decodeText } from './text-lines';
import type { FilePart } from './viewer';
import { chooseViewer, type ViewerChoice } from './viewers';

interface Props {
  readonly bytes: Uint8Array;
  readonly fileOffset: number;
  readonly fileSize: number;
}

/** The views of a file as tabs. */
export function FileViews({ bytes, fileOffset, fileSize }: Props) {
  const wanted = useAddress(({ address }) => address.view);
  const id = useId();
  const part = useMemo(() => {
    const isCut = fileOffset + bytes.length < fileSize;
    return { bytes, fileOffset, fileSize, text: fileOffset === 0 ? decodeText(bytes, isCut) : undefined };
  }, [bytes, fileOffset, fileSize]);
  const choice = chooseViewer(part, wanted);
  const { Component, label } = choice.chosen;
  return (
    <>
      <Tabs choice={choice} id={id} />
      <div role="tabpanel" id={`${id}panel`} aria-label={label} className={styles.panel}>
        <PartNote part={part} canGoOn={choice.chosen.view === 'hex'} />
        <Suspense fallback={<p className={styles.note}>Loading the viewer …</p>}>
          <Component part={part} />
        </Suspense>
      </div>
    </>
  );
}

function Tabs({ choice: { viewers, chosen }, id }: { readonly choice: ViewerChoice; readonly id: string }) {
  const { addressStore } = useStores();
  const list = useRef<HTMLDivElement>(null);
  const choose = (view: View) => {
    const { address, open } = addressStore.getState();
    // What the type chooses stands in no address; a position means something in its own view only.
    open({ ...address, view: view === viewers[0]?.view ? undefined : view, position: undefined });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const at = (viewers.indexOf(chosen) + step + viewers.length) % viewers.length;
    event.preventDefault();
    choose((viewers[at] ?? chosen).view);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[at]?.focus();
  };
  return (
    <div
      ref={list}
      role="tablist"
      aria-label="Views of the file"
      className={styles.tabs}
      onKeyDown={onKeyDown}
    >
      {viewers.map(({ view, label }) => {
        const isChosen = view === chosen.view;
        return (
          <button
            key={view}
            type="button"
            role="tab"
            aria-selected={isChosen}
            aria-controls={isChosen ? `${id}panel` : undefined}
            tabIndex={isChosen ? 0 : -1}
            className={classes(styles.tab, isChosen && styles.chosen)}
            onClick={() => choose(view)}
          >
            {label}
          </button>
        );
      })}
    </div>
  );
}

/** What is left out, and in hex the way to it. */
function PartNote({ part, canGoOn }: { readonly part: FilePart; readonly canGoOn: boolean }) {
  const { addressStore } = useStores();
  const { bytes, fileOffset, fileSize } = part;
  const end = fileOffset + bytes.length;
  if (end === fileSize && fileOffset === 0) return null;
  const goTo = (first: number) => {
    const { address, rewrite } = addressStore.getState();
    rewrite({ ...address, position: { kind: 'bytes', span: { first, last: first } } });
  };
  return (
    <p className={styles.note}>
      {fileOffset === 0
        ? `The first ${formatIec(bytes.length)} of ${formatIec(fileSize)}; ${groupDigits(fileSize - end)} bytes are left out.`
        : `Bytes ${groupDigits(fileOffset)} to ${groupDigits(end - 1)} of ${groupDigits(fileSize)}.`}{' '}
      {canGoOn && fileOffset > 0 && (
        <button type="button" className={buttons.quiet} onClick={() => goTo(fileOffset - PART_SIZE)}>
          Part before
        </button>
      )}
      {canGoOn && end < fileSize && (
        <button type="button" className={buttons.quiet} onClick={() => goTo(end)}>
          Next part
        </button>
      )}
    </p>
  );
}
