import type { ComponentChildren } from 'preact';

/** What may be wider or higher than its place. Whoever has no mouse scrolls it by its focus (axe-core: scrollable-region-focusable). */
export function Scroll({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <section class="table" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
