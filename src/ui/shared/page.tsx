import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

export type DialogName = 'settings' | 'help';

/** What the page itself holds besides the stores: which dialog is open, and a passing word in the status line. */
export interface Page {
  readonly dialog: DialogName | undefined;
  openDialog(name: DialogName | undefined): void;
  readonly notice: string | undefined;
  /** Says something for a few seconds. */
  say(text: string): void;
}

const PageContext = createContext<Page | undefined>(undefined);

/** Milliseconds. */
const NOTICE = 4000;

export function PageProvider({ children }: { readonly children: ReactNode }) {
  const [dialog, openDialog] = useState<DialogName>();
  const [notice, setNotice] = useState<{ readonly text: string }>();
  useEffect(() => {
    if (!notice) return;
    const timer = setTimeout(() => setNotice(undefined), NOTICE);
    return () => clearTimeout(timer);
  }, [notice]);
  const page = useMemo(
    () => ({ dialog, openDialog, notice: notice?.text, say: (text: string) => setNotice({ text }) }),
    [dialog, notice],
  );
  return <PageContext value={page}>{children}</PageContext>;
}

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('no PageProvider above this component');
  return page;
}
