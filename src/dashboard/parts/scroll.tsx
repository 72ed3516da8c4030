import type { ComponentChildren } from 'preact';

/** A scrolling region. It takes the focus, so the keyboard can scroll it (axe-core: scrollable-region-focusable). */
export function Scroll({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="table" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
