import { useEffect } from 'preact/hooks';

/** What the tab is called while a view is there: whoever has many of them finds it. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Ringdown`;
  }, [title]);
}
