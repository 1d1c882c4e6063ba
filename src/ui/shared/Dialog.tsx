import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import buttons from './buttons.module.css';
import styles from './Dialog.module.css';

interface Props {
  readonly title: string;
  /** Escape, the Close button, or the browser. */
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons in place of Close; the one with `data-first` gets the focus. */
  readonly actions?: ReactNode;
}

/** The browser's own modal dialog: open as long as it is rendered. The focus goes back to where it came from. */
export function Dialog({ title, onClose, children, actions }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('[data-first]')?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={titleId}
      onClose={({ currentTarget }) => {
        // A `close` of an earlier life may come late.
        if (!currentTarget.open) onClose();
      }}
    >
      <h2 id={titleId} className={styles.title}>
        {title}
      </h2>
      <div className={styles.body}>{children}</div>
      <div className={styles.actions}>
        {actions ?? (
          <button type="button" data-first className={buttons.button} onClick={onClose}>
            Close
          </button>
        )}
      </div>
    </dialog>
  );
}
