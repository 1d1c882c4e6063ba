import type { ReactNode } from 'react';
import styles from './Entry.module.css';

/** A label, and what stands beside it. To be used inside of a `dl`. */
export function FactRow({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={styles.factRow}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
