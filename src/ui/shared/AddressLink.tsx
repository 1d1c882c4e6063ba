import type { MouseEvent, ReactNode } from 'react';
import type { Address } from '../../store/address';
import { useAddress, useStores } from '../../store/hooks';

interface Props {
  readonly to: Address;
  readonly className?: string | undefined;
  readonly tabIndex?: number;
  readonly children: ReactNode;
}

/** A link to another view of this page: a plain click opens it here, every other click is the browser's. */
export function AddressLink({ to, className, tabIndex, children }: Props) {
  const { addressStore } = useStores();
  const href = useAddress(({ hrefOf }) => hrefOf(to));
  const onClick = (event: MouseEvent) => {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    addressStore.getState().open(to);
  };
  return (
    <a href={href} className={className} tabIndex={tabIndex} onClick={onClick}>
      {children}
    </a>
  );
}

export function isPlainClick(event: MouseEvent): boolean {
  return event.button === 0 && !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
}
