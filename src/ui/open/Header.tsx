import type { RefObject } from 'react';
import { LANDING } from '../../store/address';
import { AddressLink } from '../shared/AddressLink';
import buttons from '../shared/buttons.module.css';
import { usePage } from '../shared/page';
import hidden from '../shared/visually-hidden.module.css';
import { FileInput, useFilePicker } from './file-picker';
import styles from './Header.module.css';
import { InputForm } from './InputForm';

interface Props {
  readonly input: RefObject<HTMLInputElement | null>;
}

export function Header({ input }: Props) {
  const { openDialog } = usePage();
  const pickFile = useFilePicker();
  return (
    <header className={styles.header}>
      <AddressLink to={LANDING} className={styles.brand}>
        NAR<span className={styles.dot}>·</span>Explorer
      </AddressLink>
      <InputForm input={input} />
      <button type="button" className={buttons.button} onClick={pickFile}>
        Open file…
      </button>
      <FileInput />
      <button
        type="button"
        className={styles.icon}
        aria-label="Settings"
        title="Settings"
        onClick={() => openDialog('settings')}
      >
        <SlidersIcon />
      </button>
      <button type="button" className={styles.icon} title="Help: keys" onClick={() => openDialog('help')}>
        <span aria-hidden="true">?</span>
        <span className={hidden.hidden}>Help</span>
      </button>
    </header>
  );
}

function SlidersIcon() {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" aria-hidden="true">
      <path d="M1.5 4.5h6m3 0h4M1.5 11.5h3m3 0h7" />
      <circle cx="9" cy="4.5" r="1.7" />
      <circle cx="6" cy="11.5" r="1.7" />
    </svg>
  );
}
