import type { ArchiveOrigin } from '../../../archive/service';
import { useAddress } from '../../../store/hooks';
import buttons from '../../shared/buttons.module.css';
import { useCopyLink } from '../use-copy-link';

/** Copies the address of what is shown, or says why others could not open it. */
export function CopyLink({ origin }: { readonly origin: ArchiveOrigin | undefined }) {
  const copyLink = useCopyLink();
  const isLocal = useAddress(({ address }) => address.place.kind === 'local');
  return (
    <button
      type="button"
      className={buttons.button}
      title={isLocal ? 'A local file has no address that others could open' : undefined}
      onClick={() => copyLink(origin)}
    >
      Copy link
    </button>
  );
}
