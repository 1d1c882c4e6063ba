import type { Failure } from '../../archive/failure';
import styles from './FailurePage.module.css';
import { FailureView } from './FailureView';
import type { Remedy } from './failure-text';

interface Props {
  readonly failure: Failure;
  readonly remedies: Readonly<Partial<Record<Remedy, () => void>>>;
}

/** A failure that leaves nothing else to show. */
export function FailurePage({ failure, remedies }: Props) {
  return (
    <main className={styles.page}>
      <FailureView failure={failure} remedies={remedies} level={1} />
    </main>
  );
}
